"""Reading what a FHIR request asks for: counts, instants, types of resource, persons by identifier."""

from datetime import datetime

from simulators.sote.outcomes import Refused
from simulators.sote.resources import HETU, KINDS

MOST_PEOPLE = 100
LARGEST_PAGE = 500
USUAL_PAGE = 100


def people(names: set[str], asked: list[tuple[str, str]]) -> tuple[str, ...]:
    """Read the persons of the parameters so named: ``system|code``, several joined by commas."""
    tokens = [token for name, value in asked if name in names for token in value.split(",")]
    if not tokens or len(tokens) > MOST_PEOPLE:
        raise Refused(400, f"A search names 1 to {MOST_PEOPLE} persons.")
    if any(token.partition("|")[0] != HETU for token in tokens):
        raise Refused(400, "A person is named by the identity code's own system.")
    return tuple(token.partition("|")[2] for token in tokens)


def bound(asked: list[tuple[str, str]], prefix: str) -> datetime | None:
    """Read one end of ``_lastUpdated``."""
    values = (value for name, value in asked if name == "_lastUpdated" and value.startswith(prefix))
    found = next(values, None)
    return moment(found.removeprefix(prefix)) if found else None


def moment(text: str | None) -> datetime | None:
    """Read an instant with its time zone."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(400, "An instant is not as FHIR writes it.") from error
    if read.tzinfo is None:
        raise Refused(400, "An instant has no time zone.")
    return read


def kinds(text: str | None) -> tuple[str, ...]:
    """Read types of resource joined by commas; all when none are named."""
    read = tuple(text.split(",")) if text else tuple(KINDS)
    if not set(read) <= set(KINDS):
        raise Refused(400, "A type of resource is not known here.")
    return read


def size(text: str | None) -> int:
    """Read how many resources a page may hold."""
    return min(max(number(text), 1), LARGEST_PAGE) if text else USUAL_PAGE


def number(text: str) -> int:
    """Read a number."""
    if not text.isdecimal():
        raise Refused(400, "A count is a number.")
    return int(text)
