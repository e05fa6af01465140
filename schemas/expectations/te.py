"""The suites of the TE source (asiastietovaranto, asiakastiedot/v1; DOMAIN.md 4.4, 9)."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from schemas import te
from schemas.codes import places
from schemas.codes import te as codes
from schemas.expectations.common import OWN_ID, suite
from schemas.expectations.hetu import hetu_birth_date
from schemas.expectations.kinds import between, business_id, day_of, listed, ordered, told
from schemas.expectations.nested import history_holds, tasks_are_listed, tasks_hold
from schemas.expectations.rule import Rule, Severity, Suite
from schemas.vocabulary import Source, Text

TE: Final = Source.TE
VERSION: Final = "1"
LAID_OFF_OR_UNEMPLOYED: Final = ("02", "03")
REHABILITATIVE_WORK: Final = "05"
_AREA_OF: Final = {code.code: places.municipality(code.code).area for code in places.MUNICIPALITIES.codes}


def suites() -> Iterator[Suite]:
    """Give the suite of each record type."""
    yield suite(te.Tyonhakija, TE, VERSION, _jobseeker(), hetus=("henkilotunnus",))
    yield suite(te.Tyollisyysjakso, TE, VERSION, _employment())
    yield suite(te.Suunnitelma, TE, VERSION, _plan())
    yield suite(te.Palveluosallistuminen, TE, VERSION, _participation())
    yield suite(te.Yhteydenotto, TE, VERSION, _contact())
    yield suite(te.Palvelulinja, TE, VERSION, _service_line())
    yield suite(te.Poisto, TE, VERSION, _deletion())


def _versioned() -> Iterator[Rule]:
    yield told("id", "FORM", _NOT_UUID, TE, pl.col("id").str.contains(OWN_ID))
    yield between("versio", 1, 2**31 - 1, TE)


def _jobseeker() -> Iterator[Rule]:
    yield from _versioned()
    yield listed("kotikunta", places.MUNICIPALITIES, TE, on=pl.col("kotikunta_alku_pvm"))
    yield listed("tyollisyysalue", places.AREAS, TE)
    yield listed("kielitaso", codes.LANGUAGE_LEVELS, TE)
    yield ordered("tyonhaku_alkanut_pvm", "tyonhaku_paattynyt_pvm", TE)
    yield ordered("syntyma_pvm", "kuolin_pvm", TE)
    born = hetu_birth_date(pl.col("henkilotunnus"))
    yield told("syntyma_pvm", "DISAGREES", _BIRTH_DATE, TE, born == pl.col("syntyma_pvm"))
    area = pl.col("kotikunta").replace_strict(_AREA_OF, default=None, return_dtype=pl.String)
    yield told("tyollisyysalue", "DISAGREES", _AREA, TE, area == pl.col("tyollisyysalue"))
    yield told("asiointikieli", "FORM", _LANGUAGE, TE, pl.col("asiointikieli").str.contains("^[a-z]{2}$"))
    yield told("tym_alku_pvm", "IFF", _TYM_DATE, TE, pl.col("tym_asiakas") == pl.col("tym_alku_pvm").is_not_null())
    located = pl.col("turvakielto") & pl.col("kotikunta").is_not_null()
    yield told("kotikunta", "PROTECTED", _LOCATED, TE, ~located, severity=Severity.WARNING)
    yield told("henkilotunnus_historia", "SHAPE", _HISTORY, TE, history_holds("henkilotunnus_historia"))


def _employment() -> Iterator[Rule]:
    yield from _versioned()
    yield listed("tyollkoodi", codes.EMPLOYMENT, TE)
    yield ordered("alku_pvm", "loppu_pvm", TE)
    yield listed("psyy", codes.END_REASONS, TE, on=pl.col("loppu_pvm"))
    ended = pl.col("tyollkoodi").is_in(LAID_OFF_OR_UNEMPLOYED) & pl.col("loppu_pvm").is_not_null()
    yield told("psyy", "UNEXPECTED", _END_REASON, TE, pl.col("psyy").is_null() | ended)


def _plan() -> Iterator[Rule]:
    yield from _versioned()
    yield listed("toimsuunlaji", codes.PLAN_TYPES, TE)
    yield listed("tila", codes.PLAN_STATES, TE)
    yield ordered("allekirjoitettu_pvm", "tarkistus_pvm", TE)
    yield ordered("allekirjoitettu_pvm", "paattynyt_pvm", TE)
    signed = pl.col("allekirjoitettu_pvm").is_not_null() & pl.col("tarkistus_pvm").is_not_null()
    yield told("tila", "DATES", _IN_FORCE, TE, (pl.col("tila") != "VOIMASSA") | signed)
    yield told("tehtavat", "SHAPE", _TASKS, TE, tasks_hold("tehtavat"))
    yield told("tehtavat", "CODE", _TASK_CODE, TE, tasks_are_listed("tehtavat", codes.PLAN_TASKS))


def _participation() -> Iterator[Rule]:
    yield from _versioned()
    yield listed("palvelukoodi", codes.SERVICES, TE)
    yield business_id("jarjestaja_ytunnus", TE)
    yield listed("tuotantotapa", codes.PROVISION, TE)
    yield ordered("alku_pvm", "loppu_pvm", TE)
    yield ordered("alku_pvm", "suunniteltu_loppu_pvm", TE)
    yield ordered("palveluseteli_myonnetty_pvm", "palveluseteli_voimassa_asti_pvm", TE)
    voucher = [pl.col(f"palveluseteli_{part}") for part in ("tunnus", "myonnetty_pvm", "voimassa_asti_pvm")]
    by_voucher = pl.col("tuotantotapa") == "PALVELUSETELI"
    whole = pl.all_horizontal(part.is_not_null() for part in voucher)
    none = pl.all_horizontal(part.is_null() for part in voucher)
    yield told("palveluseteli_tunnus", "IFF", _VOUCHER, TE, (by_voucher & whole) | (~by_voucher & none))
    yield between("paivat_viikossa", 1, 5, TE)
    days = (pl.col("palvelukoodi") != REHABILITATIVE_WORK) | pl.col("paivat_viikossa").is_not_null()
    yield told("paivat_viikossa", "MISSING_FOR_05", _DAYS, TE, days)


def _contact() -> Iterator[Rule]:
    yield from _versioned()
    yield listed("yhtottotapa", codes.CONTACTS, TE)
    yield listed("tila", codes.CONTACT_STATES, TE)
    past = pl.col("tila").is_in(["TOTEUTUNUT", "EI_SAAPUNUT"])
    in_time = day_of("ajankohta_aika") <= day_of("muokattu_aika")
    yield told("ajankohta_aika", "FUTURE", _FUTURE, TE, ~past | in_time)


def _service_line() -> Iterator[Rule]:
    yield from _versioned()
    yield listed("segmenttikoodi", codes.SEGMENTS, TE)
    yield ordered("segmentti_pvm", "paattynyt_pvm", TE)


def _deletion() -> Iterator[Rule]:
    yield from _versioned()
    yield listed("tietotyyppi", codes.DELETABLE, TE)
    yield listed("syy", codes.DELETION_CAUSES, TE)
    joined = pl.col("syy") == "YHDISTETTY"
    yield told("uusi_id", "IFF", _JOINED, TE, joined == pl.col("uusi_id").is_not_null())


_NOT_UUID: Final = Text("Tunniste ei ole UUID.", "Identifieraren är inte en UUID.", "The id is not a UUID.")
_BIRTH_DATE: Final = Text(
    "Syntymäpäivä ei vastaa henkilötunnusta.",
    "Födelsedagen motsvarar inte personbeteckningen.",
    "The birth date does not agree with the HETU.",
)
_AREA: Final = Text(
    "Kotikunta ei kuulu työllisyysalueeseen.",
    "Hemkommunen hör inte till sysselsättningsområdet.",
    "The home municipality is not of the employment area.",
)
_LANGUAGE: Final = Text(
    "Asiointikieli ei ole ISO 639-1 -koodi.",
    "Kontaktspråket är inte en ISO 639-1-kod.",
    "The language is not an ISO 639-1 code.",
)
_TYM_DATE: Final = Text(
    "TYM-asiakkuuden alkupäivä on vain TYM-asiakkaalla.",
    "Startdagen för TYM-kundskap finns bara hos TYM-kunder.",
    "The day TYM began stands exactly when the person is a TYM client.",
)
_LOCATED: Final = Text(
    "Turvakiellossa olevalla on kotikunta; se jätetään pois.",
    "En spärrmarkerad har hemkommun; den utelämnas.",
    "A protected person has a municipality; it is left out.",
)
_HISTORY: Final = Text(
    "Henkilötunnushistoria ei ole sovittua muotoa.",
    "Personbeteckningens historik har inte avtalad form.",
    "The history of HETUs is not of the agreed form.",
)
_END_REASON: Final = Text(
    "Päättymissyy kuuluu vain päättyneeseen jaksoon 02 tai 03.",
    "Avslutningsorsak hör bara till en avslutad period 02 eller 03.",
    "A reason of ending belongs only to an ended period 02 or 03.",
)
_IN_FORCE: Final = Text(
    "Voimassa olevalla suunnitelmalla on allekirjoitus- ja tarkistuspäivä.",
    "En gällande plan har dag för underskrift och översyn.",
    "A plan in force has a day of signing and of review.",
)
_TASKS: Final = Text(
    "Suunnitelman tehtävät eivät ole sovittua muotoa.",
    "Planens uppgifter har inte avtalad form.",
    "The tasks of the plan are not of the agreed form.",
)
_TASK_CODE: Final = Text(
    "Suunnitelman tehtävällä on tuntematon toimikoodi.",
    "En uppgift i planen har en okänd kod.",
    "A task of the plan has an unknown code.",
)
_VOUCHER: Final = Text(
    "Palvelusetelin tiedot ovat vain palvelusetelillä tuotetussa palvelussa.",
    "Uppgifter om servicesedel finns bara när servicen ges med servicesedel.",
    "The voucher's fields are filled exactly when the service is by voucher.",
)
_DAYS: Final = Text(
    "Kuntouttavalta työtoiminnalta puuttuvat päivät viikossa.",
    "Dagar per vecka saknas för rehabiliterande arbetsverksamhet.",
    "Rehabilitative work lacks its days a week.",
)
_FUTURE: Final = Text(
    "Toteutunut yhteydenotto on tulevaisuudessa.",
    "En genomförd kontakt ligger i framtiden.",
    "A contact that was held lies in the future.",
)
_JOINED: Final = Text(
    "Uusi tunniste on vain yhdistetyllä tiedolla.",
    "Ny identifierare finns bara hos en sammanslagen post.",
    "A new id stands exactly when the record was joined.",
)
