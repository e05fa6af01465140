"""What of a resource may be kept, category by category: each function names what it takes, the rest never existed (DOMAIN.md 6.2, 6.3)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from connectors.sote import wire
from schemas import sote
from schemas.vocabulary import Category

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
GENERAL_NAME: Final = "Sosiaali- ja terveyspalvelut"
DAY_CHARACTERS: Final = 10
# A unit's own name tells what the person is treated for: each known one has the county's general name, any other is blank.
KNOWN_UNITS: Final = frozenset(
    {
        "aikuissosiaalityö",
        "työikäisten palvelut",
        "kuntouttava työtoiminta",
        "päihdepoliklinikka",
        "mielenterveyspalvelut",
        "lastensuojelu",
    }
)

Text = str | None


class Kept(NamedTuple):
    """A record that may be kept: its category, its type, the fields after `muokattu_aika`, and which `part` of the resource."""

    category: Category | None
    record: type
    values: tuple[Text, ...]
    part: str = ""


def kept(resource: wire.Resource) -> Iterator[Kept]:
    """Give the records that a resource holds. The category None is needed by every other: protection and death."""
    return _CUTS[type(resource)](resource)


def _patient(one: wire.Patient) -> Iterator[Kept]:
    protected = any(label.code == wire.PROTECTED for label in one.meta.security)
    deceased = bool(one.deceased_boolean) or one.deceased_date_time is not None
    yield Kept(None, sote.Potilas, (_truth(protected), _truth(deceased)))


def _episode(one: wire.EpisodeOfCare) -> Iterator[Kept]:
    yield Kept(Category.SOTE_ASIAKASSUHDE, sote.Asiakassuhde, (one.status, *_days(one.period)))


def _need(one: wire.ServiceRequest) -> Iterator[Kept]:
    if one.intent == "order":
        yield Kept(Category.SOTE_PALVELUTARVE, sote.Palvelutarve, (one.status, day(one.authored_on)))


def _plan(one: wire.CarePlan) -> Iterator[Kept]:
    if one.intent != "plan":
        return
    kind = next((code for concept in one.category if (code := concept.code(wire.PLAN_KIND))), None)
    values = (one.status, kind, day(one.created), *_days(one.period))
    yield Kept(Category.SOTE_SUUNNITELMA, sote.SoteSuunnitelma, values)
    for number, activity in enumerate(one.activity):
        if activity.detail is not None:
            yield from _activity(one.id, number, activity.detail)


def _activity(plan: str, number: int, one: wire.Detail) -> Iterator[Kept]:
    """Keep an activity whose code has a category; a health check only when it was done."""
    task = one.code.code(wire.TASK) or ""
    category = CATEGORY_OF_TASK.get(task)
    if category is None or (category is Category.SOTE_TERVEYSTARKASTUS and one.status != "completed"):
        return
    values = (plan, task, one.status, *_days(one.scheduled_period), _days_a_week(one.extension))
    yield Kept(category, sote.SoteToimenpide, values, f"#{number}")


def _rehabilitation(one: wire.Encounter) -> Iterator[Kept]:
    """Keep rehabilitative work; it belongs to no plan, so it stands for its own."""
    task = next((code for concept in one.type if (code := concept.code(wire.TASK))), "")
    if CATEGORY_OF_TASK.get(task) is Category.SOTE_KUNTOUTTAVA:
        values = (one.id, task, one.status, *_days(one.period), _days_a_week(one.extension))
        yield Kept(Category.SOTE_KUNTOUTTAVA, sote.SoteToimenpide, values)


def _limitation(one: wire.Observation) -> Iterator[Kept]:
    code = one.code.code(wire.LIMITATION)
    if code is not None:
        yield Kept(Category.SOTE_TYOKYVYN_RAJOITE, sote.TyokyvynRajoite, (code,))


def _contact(one: wire.PractitionerRole) -> Iterator[Kept]:
    name = one.practitioner.display if one.practitioner else None
    phone = next((way.value for way in one.telecom if way.system == "phone"), None)
    values = (name, general_name(one.organization.display if one.organization else None), phone)
    yield Kept(Category.SOTE_YHTEYSHENKILO, sote.Yhteyshenkilo, values)


def general_name(unit: Text) -> Text:
    """Give the county's general name for a unit that is known, nothing for any other."""
    return GENERAL_NAME if unit is not None and unit.strip().casefold() in KNOWN_UNITS else None


def day(text: Text) -> Text:
    """Give the Helsinki calendar day of a FHIR date or dateTime; what is neither stays as sent, for a rule to name."""
    if text is None or len(text) <= DAY_CHARACTERS:
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo is None else moment.astimezone(HELSINKI).date().isoformat()


def _days(period: wire.Period) -> tuple[Text, Text]:
    return day(period.start), day(period.end)


def _days_a_week(extensions: list[wire.Extension]) -> Text:
    found = (one.value_positive_int for one in extensions if one.url == wire.DAYS_A_WEEK)
    return next((str(number) for number in found if number is not None), None)


def _truth(value: bool) -> str:  # noqa: FBT001 - the value to be written
    return "true" if value else "false"


CATEGORY_OF_TASK: Final = {
    "072": Category.SOTE_KUNTOUTTAVA,
    "086": Category.SOTE_KUNTOUTTAVA,
    "034": Category.SOTE_TERVEYSTARKASTUS,
    "016": Category.SOTE_TYOKYVYN_ARVIO,
    "068": Category.SOTE_TYOKYVYN_ARVIO,
}

_CUTS: Final[dict[type, Callable[..., Iterator[Kept]]]] = {
    wire.Patient: _patient,
    wire.EpisodeOfCare: _episode,
    wire.ServiceRequest: _need,
    wire.CarePlan: _plan,
    wire.Encounter: _rehabilitation,
    wire.Observation: _limitation,
    wire.PractitionerRole: _contact,
}

NEEDED_FOR: Final[dict[str, frozenset[Category]]] = {
    "Patient": frozenset(category for category in Category if category.value.startswith("sote.")),
    "EpisodeOfCare": frozenset({Category.SOTE_ASIAKASSUHDE}),
    "ServiceRequest": frozenset({Category.SOTE_PALVELUTARVE}),
    "CarePlan": frozenset({Category.SOTE_SUUNNITELMA, *CATEGORY_OF_TASK.values()}),
    "Encounter": frozenset({Category.SOTE_KUNTOUTTAVA}),
    "Observation": frozenset({Category.SOTE_TYOKYVYN_RAJOITE}),
    "PractitionerRole": frozenset({Category.SOTE_YHTEYSHENKILO}),
}
"""Which categories a resource can serve: where none of them may be kept of a person, it is not asked for."""
