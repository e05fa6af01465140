"""The fields of one's own data in plain words, and their values as people write them."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from schemas.vocabulary import Text
from web.pages import languages
from web.pages.languages import Language
from web.pages.words import Words

YES_NO: Final = {True: Text("kyllä", "ja", "yes"), False: Text("ei", "nej", "no")}
FIELDS: Final[Mapping[str, Text]] = {
    "as_of": Text("Ajantasalla", "Aktuell", "As of"),
    "at": Text("Milloin", "När", "When"),
    "benefit": Text("Etuus", "Förmån", "Benefit"),
    "birth_date": Text("Syntymäaika", "Födelsetid", "Date of birth"),
    "category": Text("Laji", "Slag", "Kind"),
    "coach": Text("Valmentaja", "Coach", "Coach"),
    "coach_phone": Text("Valmentajan puhelin", "Coachens telefon", "Coach's phone"),
    "coach_since": Text("Valmentaja alkaen", "Coach från och med", "Coach since"),
    "coach_unit": Text("Valmentajan yksikkö", "Coachens enhet", "Coach's unit"),
    "code": Text("Koodi", "Kod", "Code"),
    "contact": Text("Yhteys", "Kontakt", "Contact"),
    "counter": Text("Laskuri", "Räknare", "Counter"),
    "county": Text("Hyvinvointialue", "Välfärdsområde", "Wellbeing services county"),
    "date": Text("Päivä", "Dag", "Date"),
    "days": Text("Päiviä", "Dagar", "Days"),
    "days_a_week": Text("Päiviä viikossa", "Dagar i veckan", "Days a week"),
    "decided": Text("Päätetty", "Beslutat", "Decided"),
    "decision": Text("Päätös", "Beslut", "Decision"),
    "done": Text("Tehty", "Gjort", "Done"),
    "due": Text("Määräpäivä", "Förfallodag", "Due"),
    "employment_area": Text("Työllisyysalue", "Sysselsättningsområde", "Employment area"),
    "end_reason": Text("Päättymisen syy", "Orsak till upphörandet", "Reason of the end"),
    "ended": Text("Päättynyt", "Upphört", "Ended"),
    "family_name": Text("Sukunimi", "Efternamn", "Family name"),
    "financing_municipality": Text("Rahoittava kunta", "Finansierande kommun", "Financing municipality"),
    "from": Text("Alkaen", "Från och med", "From"),
    "given_names": Text("Etunimet", "Förnamn", "Given names"),
    "ground": Text("Peruste", "Grund", "Ground"),
    "handled": Text("Käsitelty", "Behandlat", "Handled"),
    "handled_on": Text("Käsittelypäivä", "Behandlingsdag", "Handled on"),
    "interrupted": Text("Keskeytetty", "Avbrutet", "Interrupted"),
    "items": Text("Kohdat", "Punkter", "Items"),
    "jobseeker_since": Text("Työnhaku alkanut", "Jobbsökningen började", "Jobseeker since"),
    "jobseeker_until": Text("Työnhaku päättynyt", "Jobbsökningen upphörde", "Jobseeker until"),
    "language": Text("Kieli", "Språk", "Language"),
    "maximum": Text("Enimmäismäärä", "Högsta antal", "Maximum"),
    "municipality": Text("Kunta", "Kommun", "Municipality"),
    "municipality_since": Text("Kunnassa alkaen", "I kommunen från och med", "In the municipality since"),
    "name": Text("Nimi", "Namn", "Name"),
    "open": Text("Avoin", "Öppen", "Open"),
    "organiser": Text("Järjestäjä", "Arrangör", "Organiser"),
    "organiser_name": Text("Järjestäjän nimi", "Arrangörens namn", "Organiser's name"),
    "paid": Text("Maksettu", "Betalat", "Paid"),
    "phone": Text("Puhelin", "Telefon", "Phone"),
    "plan_type": Text("Suunnitelman laji", "Planens slag", "Kind of plan"),
    "planned_to": Text("Suunniteltu päättyvän", "Planerat till", "Planned until"),
    "production": Text("Tuotantotapa", "Produktionssätt", "Way of production"),
    "received": Text("Saapunut", "Inkommit", "Received"),
    "recorded": Text("Kirjattu", "Antecknat", "Recorded"),
    "review": Text("Tarkistetaan", "Ses över", "Reviewed on"),
    "segment": Text("Palvelulinja", "Servicelinje", "Service line"),
    "service": Text("Palvelu", "Tjänst", "Service"),
    "signed": Text("Allekirjoitettu", "Undertecknat", "Signed"),
    "state": Text("Tila", "Läge", "State"),
    "status": Text("Asema", "Status", "Status"),
    "tasks": Text("Tehtävät", "Uppgifter", "Tasks"),
    "to": Text("Päättyen", "Till och med", "To"),
    "unit": Text("Yksikkö", "Enhet", "Unit"),
    "voucher_granted": Text("Seteli myönnetty", "Sedel beviljad", "Voucher granted"),
    "voucher_until": Text("Seteli voimassa", "Sedeln gäller till", "Voucher until"),
}
"""By the name that a section gives it; a test holds them to the view's own fields."""


def pairs(row: Any, language: Language) -> Iterator[tuple[str, str]]:
    """Give a row as labels and values; a row that is no object is one value without a label of its own."""
    words = Words(language)
    fields = row if isinstance(row, Mapping) else {"items": row}
    for name, value in fields.items():
        yield words.of(FIELDS[name]) if name in FIELDS else name, plain(value, language)


def plain(value: Any, language: Language) -> str:
    """Write a value: yes and no, days and moments as they are written, lists one after the other."""
    if isinstance(value, bool):
        return Words(language).of(YES_NO[value])
    if isinstance(value, Mapping):
        return ", ".join(f"{label}: {said}" for label, said in pairs(value, language))
    if isinstance(value, list):
        return "; ".join(plain(each, language) for each in value)
    return _moment(value, language) if isinstance(value, str) else str(value)


def _moment(text: str, language: Language) -> str:
    """Write a day or a moment; any other text is itself."""
    try:
        if len(text) == len("2026-06-04"):
            return languages.birthday(date.fromisoformat(text), language)
        at = datetime.fromisoformat(text)
        return languages.moment(at, language) if at.tzinfo and "T" in text else text
    except ValueError:
        return text
