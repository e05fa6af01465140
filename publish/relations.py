"""Looks at oneself, at those close by, at the protected and after a no: told from the identities, of which only a yes reaches the log.

ACCESS-LOG 11.

A look is known by pseudonyms alone; so the pseudonyms of those in question are made, and nobody else's look is opened. Only whom a
registered worker looked at is named by the decision that stands beside the event, or by the event's own detail, for the surname.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from audit import cases, naming
from connectors.workers import surname_of
from db.engine import Read
from db.keys import Keyring
from publish.queries import relations
from publish.queries.reconciling import Found, Stretch
from publish.queries.relations import Look, Worker

SELF_READ: Final = "self_read"
CLOSE_RELATION: Final = "close_relation"
PROTECTED: Final = "protected"
AFTER_NO: Final = "after_no"
_PARTED: Final = re.compile(r"[\s-]+")


def close(read: Read, stretch: Stretch) -> dict[str, list[Found]]:
    """List, by rule, the looks of a stretch at oneself, at those close by, at the protected, and after a no."""
    known = _Known.of(read, stretch)
    looks = relations.looks_of(read, users=known.users, since=stretch.since, until=stretch.until)
    return {
        SELF_READ: [_found(look) for look in looks if known.is_self(look)],
        CLOSE_RELATION: list(_close(read, known, looks)),
        PROTECTED: _protected(read, stretch),
        AFTER_NO: [Found(*look) for look in relations.looks_after_no(read, since=stretch.since, until=stretch.until)],
    }


def _close(read: Read, known: "_Known", looks: Iterable[Look]) -> Iterator[Found]:
    others = [look for look in looks if known.worker(look) is not None and not known.is_self(look)]
    people = {look.about: look.person_id or cases.person_of(read, look.about) for look in others}
    surnames = relations.surnames(read, {person_id for person_id in people.values() if person_id is not None})
    for look in others:
        person_id = people[look.about]
        surname = surnames.get(person_id, "") if person_id else ""
        if known.is_colleague(look) or alike(known.surname(read.keyring, look), surname):
            yield _found(look)


def _protected(read: Read, stretch: Stretch) -> list[Found]:
    years = _years(stretch.since, stretch.until)
    people = [name for each in relations.protected(read) for name in _names(read.keyring, years, each)]
    looks = relations.looks_at(read, people=people, since=stretch.since, until=stretch.until)
    return [Found(*look) for look in looks]


@dataclass(frozen=True, slots=True)
class _Known:
    """The workers by organisation and pseudonym in the log, and the pseudonyms, as people, of those whom Luukku knows as such."""

    by_name: Mapping[tuple[str, bytes], Worker]
    as_people: Mapping[bytes, list[Worker]]

    @classmethod
    def of(cls, read: Read, stretch: Stretch) -> "_Known":
        years, workers = _years(stretch.since, stretch.until), relations.workers(read)
        by_name = {
            (worker.name.recipient, bytes.fromhex(name)): worker
            for worker in workers
            for name in naming.of_user(read.keyring, years, worker.name.pseudonym)
        }
        as_people: dict[bytes, list[Worker]] = {}
        for worker in workers:
            for name in _names(read.keyring, years, worker.person_id) if worker.person_id else ():
                as_people.setdefault(name, []).append(worker)
        return cls(by_name, as_people)

    @property
    def users(self) -> set[bytes]:
        return {name for _, name in self.by_name}

    def worker(self, look: Look) -> Worker | None:
        return self.by_name.get((look.org or "", look.user))

    def is_self(self, look: Look) -> bool:
        who = self.worker(look)
        return who is not None and any(each.person_id == who.person_id for each in self.as_people.get(look.person, ()))

    def is_colleague(self, look: Look) -> bool:
        return any(each.name.recipient == look.org for each in self.as_people.get(look.person, ()))

    def surname(self, keyring: Keyring, look: Look) -> str:
        who = self.worker(look)
        return "" if who is None else surname_of(keyring, who.name, who.box)


def alike(one: str, other: str) -> bool:
    """Say whether two surnames have a part in common: who took a second name kept the first."""
    return bool(_parts(one) & _parts(other))


def _parts(surname: str) -> set[str]:
    folded = unicodedata.normalize("NFC", surname).casefold()
    return {part for part in _PARTED.split(folded) if part}


def _found(look: Look) -> Found:
    return Found(look.about, look.person)


def _names(keyring: Keyring, years: range, person_id: UUID) -> list[bytes]:
    return [bytes.fromhex(name) for name in naming.of_person(keyring, years, person_id)]


def _years(since: datetime, until: datetime) -> range:
    return range(since.year, until.year + 1)
