"""What the population register says of one person, and how its products show it (DOMAIN.md 2.5; reference/vtj)."""

from dataclasses import dataclass
from datetime import date

from simulators.vtj.markup import Node, blank

SEXES = {"1": ("Mies", "Man"), "2": ("Nainen", "Kvinna")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A street address in both languages, and the day from which it holds."""

    street: tuple[str, str]
    postal_code: str
    post_office: tuple[str, str]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A home municipality: its number as the register writes it, its names in both languages, and the first day."""

    number: str
    names: tuple[str, str]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the register says of a person; under turvakielto it keeps address, dwelling and municipality to itself."""

    hetu: str
    family_name: str
    given_names: str
    sex: str | None
    language: tuple[str, str, str]
    address: Address | None = None
    temporary_address: Address | None = None
    dwelling: str | None = None
    municipality: Municipality | None = None
    died: date | None = None
    protected: bool = False
    nationality: tuple[str, str, str] | None = None
    guardian_since: date | None = None
    guardian_restriction: str | None = None


def person(found: Registered, *, product: str) -> dict[str, Node]:
    """Give the register's picture of a person in the element order of the product."""
    shown = not found.protected
    basic: dict[str, Node] = {
        "Henkilotunnus": {"@voimassaolokoodi": "1", "#text": found.hetu},
        "NykyinenSukunimi": {"Sukunimi": found.family_name},
        "NykyisetEtunimet": {"Etunimet": found.given_names},
    }
    if product == "PERUSSANOMA 3":
        basic["EntinenNimi"] = blank("Nimi", "Nimilajikoodi", "Alkupvm", "Loppupvm", "Info8S", "Info8R")
    places: dict[str, Node] = {
        "VakinainenKotimainenLahiosoite": _address(found.address if shown else None),
        "VakinainenAsuinpaikka": {"Asuinpaikantunnus": f"{found.dwelling} " if found.dwelling and shown else None},
        "VakinainenUlkomainenLahiosoite": blank(*FOREIGN_ADDRESS),
        "TilapainenKotimainenLahiosoite": _address(found.temporary_address if shown else None),
        "TilapainenUlkomainenLahiosoite": blank(*FOREIGN_ADDRESS),
        "KotimainenPostiosoite": blank(*POST_ADDRESS),
        "UlkomainenPostiosoite": blank(*FOREIGN_POST_ADDRESS),
        "Kotikunta": _municipality(found.municipality if shown else None),
    }
    return (
        basic | places | _life(found) | (_further(found) if product == "PERUSSANOMA 3" else {"Sukupuoli": _sex(found)})
    )


def _life(found: Registered) -> dict[str, Node]:
    code, fi, sv = found.language
    return {
        "Kuolintiedot": {"Kuollut": "1" if found.died else None, "Kuolinpvm": _day(found.died)},
        "Kuolleeksijulistamistiedot": {"Kuolleeksijulistamispvm": None},
        "Aidinkieli": {"Kielikoodi": code, "KieliS": fi, "KieliR": sv, "KieliSelvakielinen": None},
    }


def _further(found: Registered) -> dict[str, Node]:
    return {
        "Turvakielto": {"TurvakieltoTieto": "1" if found.protected else None, "TurvakieltoPaattymispvm": None},
        "Sukupuoli": _sex(found),
        "Kansalaisuus": dict(
            zip(
                ("Kansalaisuuskoodi3", "KansalaisuusS", "KansalaisuusR", "KansalaisuusSelvakielinen", "Saamispvm"),
                (*(found.nationality or (None, None, None)), None, None),
                strict=True,
            )
        ),
        "Edunvalvonta": {
            "Alkupvm": _day(found.guardian_since),
            "Paattymispvm": None,
            "Rajoituskoodi": found.guardian_restriction,
            **blank("RajoitustekstiS", "RajoitustekstiR", "Tehtavienjakokoodi", "TehtavienjakoS", "TehtavienjakoR"),
            "HenkiloEdunvalvoja": _representative("TehtavaAlkupvm", "TehtavaLoppupvm"),
            "YritysJaYhteisoEdunvalvoja": blank("Ytunnus", "Nimi", "TehtavaLoppupvm", "TehtavaAlkupvm"),
            "OikeusaputoimistoEdunvalvoja": blank(
                "Viranomaisnumero", "ViranomainenS", "ViranomainenR", "TehtavaAlkupvm", "TehtavaLoppupvm"
            ),
        },
        "Edunvalvontavaltuutus": {
            **blank("Alkupvm", "Paattymispvm", "Tehtavienjakokoodi", "TehtavienjakoS", "TehtavienjakoR"),
            "HenkiloEdunvalvontavaltuutettu": _representative("ValtuutusAlkupvm", "ValtuutusLoppupvm"),
        },
    }


FOREIGN_ADDRESS = (
    "UlkomainenLahiosoite",
    "UlkomainenPaikkakuntaJaValtioS",
    "UlkomainenPaikkakuntaJaValtioR",
    "UlkomainenPaikkakuntaJaValtioSelvakielinen",
    "Valtiokoodi3",
    "AsuminenAlkupvm",
    "AsuminenLoppupvm",
)
POST_ADDRESS = (
    "PostiosoiteS",
    "PostiosoiteR",
    "Postinumero",
    "PostitoimipaikkaS",
    "PostitoimipaikkaR",
    "PostiosoiteAlkupvm",
    "PostiosoiteLoppupvm",
)
FOREIGN_POST_ADDRESS = (
    "UlkomainenLahiosoite",
    "UlkomainenPaikkakunta",
    "Valtiokoodi3",
    "ValtioS",
    "ValtioR",
    "ValtioSelvakielinen",
    "PostiosoiteAlkupvm",
    "PostiosoiteLoppupvm",
)
ADDRESS = (
    "LahiosoiteS",
    "LahiosoiteR",
    "Postinumero",
    "PostitoimipaikkaS",
    "PostitoimipaikkaR",
    "AsuminenAlkupvm",
    "AsuminenLoppupvm",
)
MUNICIPALITY = ("Kuntanumero", "KuntaS", "KuntaR", "KuntasuhdeAlkupvm")


def _address(found: Address | None) -> Node:
    if found is None:
        return blank(*ADDRESS)
    values = (*found.street, found.postal_code, *found.post_office, _day(found.since), None)
    return dict(zip(ADDRESS, values, strict=True))


def _municipality(found: Municipality | None) -> Node:
    if found is None:
        return blank(*MUNICIPALITY)
    return dict(zip(MUNICIPALITY, (found.number, *found.names, _day(found.since)), strict=True))


def _sex(found: Registered) -> Node:
    fi, sv = SEXES[found.sex] if found.sex else (None, None)
    return {"Sukupuolikoodi": found.sex, "SukupuoliS": fi, "SukupuoliR": sv}


def _representative(*dates: str) -> Node:
    names: dict[str, Node] = {"NykyinenSukunimi": {"Sukunimi": None}, "NykyisetEtunimet": {"Etunimet": None}}
    return {**blank("Henkilotunnus", "Syntymaaika"), **names, **blank(*dates)}


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y%m%d}"
