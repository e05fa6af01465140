"""Asiakastiedot v1 as it stands on the wire, one struct per entity, in the order of its record (DOMAIN.md 4.4).

A struct refuses a field that the contract does not name: that page is then read field by field, and the field counted.
"""

from typing import ClassVar

import msgspec

from connectors.json_page import NULL, compact
from schemas import te

Row = tuple[str | int | bool | None, ...]


class Wire(msgspec.Struct, rename="camel", kw_only=True, forbid_unknown_fields=True, gc=False):
    """What stands on the wire; absent and null are the same."""


class Entity(Wire):
    """A record of a list; `record` is what it becomes."""

    record: ClassVar[type]

    def row(self) -> Row:
        """Give the record's fields in order; here they are the same on the wire."""
        return msgspec.structs.astuple(self)


class Kotikunta(Wire):
    """Where a person lives; the whole is null when they are protected."""

    kuntakoodi: str | None = None
    alku_pvm: str | None = None


class Jarjestaja(Wire):
    """Who arranges a service."""

    ytunnus: str | None = None
    nimi: str | None = None


class Palveluseteli(Wire):
    """A service voucher."""

    tunnus: str | None = None
    myonnetty_pvm: str | None = None
    voimassa_asti_pvm: str | None = None


class Tyonhakija(Entity):
    """`/tyonhakijat`."""

    record: ClassVar[type] = te.Tyonhakija
    id: str | None = None
    versio: int | None = None
    muokattu_aika: str | None = None
    henkilotunnus: str | None = None
    henkilotunnus_historia: msgspec.Raw = NULL
    sukunimi: str | None = None
    etunimet: str | None = None
    syntyma_pvm: str | None = None
    kuolin_pvm: str | None = None
    edunvalvonta: bool | None = None
    kotikunta: Kotikunta | None = None
    tyollisyysalue: str | None = None
    turvakielto: bool | None = None
    asiointikieli: str | None = None
    kielitaso: str | None = None
    tyonhaku_alkanut_pvm: str | None = None
    tyonhaku_paattynyt_pvm: str | None = None
    tym_asiakas: bool | None = None
    tym_alku_pvm: str | None = None
    kotoutumisasiakas: bool | None = None
    vastuuasiantuntija: msgspec.Raw = NULL

    def row(self) -> Row:
        """Lay out the municipality's two fields, and what stays JSON."""
        home = self.kotikunta or Kotikunta()
        return (
            self.id,
            self.versio,
            self.muokattu_aika,
            self.henkilotunnus,
            compact(self.henkilotunnus_historia),
            self.sukunimi,
            self.etunimet,
            self.syntyma_pvm,
            self.kuolin_pvm,
            self.edunvalvonta,
            home.kuntakoodi,
            home.alku_pvm,
            self.tyollisyysalue,
            self.turvakielto,
            self.asiointikieli,
            self.kielitaso,
            self.tyonhaku_alkanut_pvm,
            self.tyonhaku_paattynyt_pvm,
            self.tym_asiakas,
            self.tym_alku_pvm,
            self.kotoutumisasiakas,
            compact(self.vastuuasiantuntija),
        )


class Tyollisyysjakso(Entity):
    """`/tyollisyysjaksot`."""

    record: ClassVar[type] = te.Tyollisyysjakso
    id: str | None = None
    versio: int | None = None
    muokattu_aika: str | None = None
    tyonhakija_id: str | None = None
    tyollkoodi: str | None = None
    alku_pvm: str | None = None
    loppu_pvm: str | None = None
    psyy: str | None = None


class Suunnitelma(Entity):
    """`/suunnitelmat`."""

    record: ClassVar[type] = te.Suunnitelma
    id: str | None = None
    versio: int | None = None
    muokattu_aika: str | None = None
    tyonhakija_id: str | None = None
    toimsuunlaji: str | None = None
    tila: str | None = None
    allekirjoitettu_pvm: str | None = None
    tarkistus_pvm: str | None = None
    paattynyt_pvm: str | None = None
    tehtavat: msgspec.Raw = NULL

    def row(self) -> Row:
        """Keep the list of tasks as JSON."""
        return (
            self.id,
            self.versio,
            self.muokattu_aika,
            self.tyonhakija_id,
            self.toimsuunlaji,
            self.tila,
            self.allekirjoitettu_pvm,
            self.tarkistus_pvm,
            self.paattynyt_pvm,
            compact(self.tehtavat),
        )


class Palveluosallistuminen(Entity):
    """`/palveluosallistumiset`."""

    record: ClassVar[type] = te.Palveluosallistuminen
    id: str | None = None
    versio: int | None = None
    muokattu_aika: str | None = None
    tyonhakija_id: str | None = None
    palvelukoodi: str | None = None
    jarjestaja: Jarjestaja | None = None
    tuotantotapa: str | None = None
    palveluseteli: Palveluseteli | None = None
    alku_pvm: str | None = None
    suunniteltu_loppu_pvm: str | None = None
    loppu_pvm: str | None = None
    keskeytynyt: bool | None = None
    paivat_viikossa: int | None = None

    def row(self) -> Row:
        """Lay out who arranges the service and its voucher."""
        by, voucher = self.jarjestaja or Jarjestaja(), self.palveluseteli or Palveluseteli()
        return (
            self.id,
            self.versio,
            self.muokattu_aika,
            self.tyonhakija_id,
            self.palvelukoodi,
            by.ytunnus,
            by.nimi,
            self.tuotantotapa,
            voucher.tunnus,
            voucher.myonnetty_pvm,
            voucher.voimassa_asti_pvm,
            self.alku_pvm,
            self.suunniteltu_loppu_pvm,
            self.loppu_pvm,
            self.keskeytynyt,
            self.paivat_viikossa,
        )


class Yhteydenotto(Entity):
    """`/yhteydenotot`."""

    record: ClassVar[type] = te.Yhteydenotto
    id: str | None = None
    versio: int | None = None
    muokattu_aika: str | None = None
    tyonhakija_id: str | None = None
    yhtottotapa: str | None = None
    tila: str | None = None
    ajankohta_aika: str | None = None


class Palvelulinja(Entity):
    """`/palvelulinjat`."""

    record: ClassVar[type] = te.Palvelulinja
    id: str | None = None
    versio: int | None = None
    muokattu_aika: str | None = None
    tyonhakija_id: str | None = None
    segmenttikoodi: str | None = None
    segmentti_pvm: str | None = None
    paattynyt_pvm: str | None = None


class Poisto(Entity):
    """`/poistot`."""

    record: ClassVar[type] = te.Poisto
    id: str | None = None
    versio: int | None = None
    muokattu_aika: str | None = None
    tyonhakija_id: str | None = None
    tietotyyppi: str | None = None
    kohde_id: str | None = None
    syy: str | None = None
    uusi_id: str | None = None


LISTS: dict[str, type[Entity]] = {
    "tyonhakijat": Tyonhakija,
    "tyollisyysjaksot": Tyollisyysjakso,
    "suunnitelmat": Suunnitelma,
    "palveluosallistumiset": Palveluosallistuminen,
    "yhteydenotot": Yhteydenotto,
    "palvelulinjat": Palvelulinja,
    "poistot": Poisto,
}
"""The lists by their path, in the order they are pulled: people first, deletions last."""
