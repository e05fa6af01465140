"""How Kela's records are written: one function per element of DOMAIN.md 5.2, in the contract's order; absent values are absent elements."""

from datetime import datetime
from xml.sax.saxutils import escape

from simulators.population import Etuusratkaisu, KelaRecords, Maksu, Paivalaskuri, Vireillaolo


def customer(
    hetu: str, records: KelaRecords, *, protected: bool, since: datetime | None, until: datetime
) -> bytes | None:
    """Write an `asiakas`: the records changed in [since, until) and all current counters; None when nothing changed."""
    changed = [
        *(_pending(one) for one in records.vireillaolot if _within(one.muokattu_aika, since, until)),
        *(_decision(one) for one in records.etuusratkaisut if _within(one.muokattu_aika, since, until)),
        *(_payment(one, protected=protected) for one in records.maksut if _within(one.muokattu_aika, since, until)),
    ]
    if not changed and since is not None:
        return None
    counters = "".join(_counter(one) for one in records.paivalaskurit)
    head = f"<henkilotunnus>{hetu}</henkilotunnus><turvakielto>{_truth(protected)}</turvakielto>"
    return f"<asiakas>{head}{''.join(changed)}{counters}</asiakas>".encode()


def problem(hetu: str, code: str, new_hetu: str | None = None) -> bytes:
    """Write a `henkilovirhe`: EI_ASIAKAS, HETU_PASSIVOITU (with the code that holds now) or LUOVUTUS_ESTETTY."""
    inside = (
        f"<henkilotunnus>{escape(hetu)}</henkilotunnus><koodi>{code}</koodi>{_optional('uusiHenkilotunnus', new_hetu)}"
    )
    return f"<henkilovirhe>{inside}</henkilovirhe>".encode()


def instant(moment: datetime) -> str:
    """Write an instant: UTC, whole seconds, with ``Z``."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _within(moment: datetime, since: datetime | None, until: datetime) -> bool:
    return (since is None or since <= moment) and moment < until


def _pending(one: Vireillaolo) -> str:
    return (
        f"<vireillaolo><vireillaId>{one.id}</vireillaId><etuus>{one.etuus}</etuus><saapunutPvm>{one.saapunut_pvm}</saapunutPvm>"
        f"<tila>{one.tila}</tila><muokattuAika>{instant(one.muokattu_aika)}</muokattuAika></vireillaolo>"
    )


def _decision(one: Etuusratkaisu) -> str:
    return (
        f"<etuusratkaisu><ratkaisuId>{one.id}</ratkaisuId><versio>{one.versio}</versio><etuus>{one.etuus}</etuus>"
        f"<ratkaisu>{one.ratkaisu}</ratkaisu><peruste>{one.peruste}</peruste><alkuPvm>{one.alku_pvm}</alkuPvm>"
        f"{_optional('loppuPvm', one.loppu_pvm)}<ratkaisuPvm>{one.ratkaisu_pvm}</ratkaisuPvm>"
        f"{_optional('edeltavaRatkaisuId', one.edeltava_ratkaisu_id)}"
        f"<muokattuAika>{instant(one.muokattu_aika)}</muokattuAika></etuusratkaisu>"
    )


def _payment(one: Maksu, *, protected: bool) -> str:
    municipality = None if protected else one.rahoittava_kunta
    return (
        f"<maksu><maksuId>{one.id}</maksuId><versio>{one.versio}</versio><ratkaisuId>{one.ratkaisu_id}</ratkaisuId><etuus>{one.etuus}</etuus>"
        f"<kaudenAlkuPvm>{one.kauden_alku_pvm}</kaudenAlkuPvm><kaudenLoppuPvm>{one.kauden_loppu_pvm}</kaudenLoppuPvm>"
        f"<maksettuPvm>{one.maksettu_pvm}</maksettuPvm><etuuspaivat>{one.etuuspaivat}</etuuspaivat>"
        f"{_optional('rahoittavaKunta', municipality)}<peruttu>{_truth(one.peruttu)}</peruttu>"
        f"<muokattuAika>{instant(one.muokattu_aika)}</muokattuAika></maksu>"
    )


def _counter(one: Paivalaskuri) -> str:
    return (
        f"<paivalaskuri><laji>{one.laji}</laji><paivat>{one.paivat}</paivat>{_optional('enimmaispaivat', one.enimmaispaivat)}"
        f"<tilannePvm>{one.tilanne_pvm}</tilannePvm></paivalaskuri>"
    )


def _optional(name: str, value: object) -> str:
    return "" if value is None else f"<{name}>{value}</{name}>"


def _truth(value: bool) -> str:  # noqa: FBT001 - the value to be written
    return "true" if value else "false"
