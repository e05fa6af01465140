"""All the names that one person, one user or one case has in the log: a pseudonym per year and retention class (ACCESS-LOG 13)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from audit.events import RetentionClass
from audit.pseudonyms import first_years, pseudonym
from db.keys import Keyring


def of_person(keyring: Keyring, years: Iterable[int], person_id: UUID) -> tuple[str, ...]:
    """Return a person's pseudonyms, in hex."""
    return _names(keyring, years, "person", str(person_id))


def open_of_person(keyring: Keyring, years: Iterable[int], person_id: UUID) -> tuple[str, ...]:
    """Return those under which a person may see themself: not those of lawful secrecy, whose events appear when it ends."""
    open_ = [class_ for class_ in RetentionClass if class_ is not RetentionClass.HIDDEN]
    return _names(keyring, years, "person", str(person_id), open_)


def of_user(keyring: Keyring, years: Iterable[int], user: str) -> tuple[str, ...]:
    """Return the pseudonyms, in hex, of a worker as their organisation names them."""
    return _names(keyring, years, "user", user)


def of_case(keyring: Keyring, years: Iterable[int], case: str) -> tuple[str, ...]:
    """Return the pseudonyms, in hex, of a case as the caller numbers it."""
    return _names(keyring, years, "case", case)


def in_event(keyring: Keyring, t: datetime, class_: str, person_id: UUID) -> str:
    """Return the pseudonym, in hex, that a person has in events of a class and of that moment's year."""
    return pseudonym(keyring, t.astimezone(UTC).year, RetentionClass(class_), "person", str(person_id))


def _names(
    keyring: Keyring, years: Iterable[int], kind: str, value: str, classes: Iterable[RetentionClass] = RetentionClass
) -> tuple[str, ...]:
    """Leave out the years of a class whose keys were destroyed: nobody has a name there any more."""
    first = first_years(keyring)
    linked = [(year, class_) for year in years for class_ in classes if year >= first[class_]]
    return tuple(pseudonym(keyring, year, class_, kind, value) for year, class_ in linked)
