"""The body of a question for a decision: a dry run's, or an authority's that asks why (API.md 5.4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from publish.asking import Subject, by_hetu, by_reference
from publish.references import Prefix, spell
from schemas.identifiers import BusinessId, InvalidIdentifier
from schemas.vocabulary import Category
from web import bodies, members
from web.members import Members

_OF_AN_AUTHORITY: Final = ("hetu", "recipient", "at", "known_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """About whom and what; with a ``recipient`` why it is shown something or not, as of ``at``, as known at ``known_at``."""

    subject: Subject
    categories: tuple[Category, ...]
    recipient: str | None
    at: datetime | None
    known_at: datetime | None


def read(body: bytes, *, before: datetime, artificial_only: bool) -> Asked:
    """Read ``{"person_ref": "pr_...", "categories": ["te.suunnitelma"]}``, an authority's with ``recipient`` and, if it likes, moments.

    An authority may name the person by ``hetu`` instead: it holds no reference of somebody of whom it is shown nothing.
    """
    given = members.whole(body, ("categories",), optional=("person_ref", *_OF_AN_AUTHORITY))
    recipient = _recipient(given) if "recipient" in given else None
    if recipient is None and (alone := [name for name in _OF_AN_AUTHORITY if name in given]):
        raise members.wrong(f"/{alone[0]}", "recipient_missing")
    if ("person_ref" in given) == ("hetu" in given):
        raise members.wrong("/person_ref", "unknown_member" if "person_ref" in given else "missing")
    return Asked(
        subject=_subject(given, artificial_only=artificial_only),
        categories=_categories(given),
        recipient=recipient,
        at=_moment(given, "at", before=before),
        known_at=_moment(given, "known_at", before=before),
    )


def _subject(given: Members, *, artificial_only: bool) -> Subject:
    if "hetu" in given:
        return by_hetu(members.hetu(given, "/hetu", artificial_only=artificial_only))
    return by_reference(spell(Prefix.PERSON, bodies.ref(given["person_ref"], "/person_ref")))


def _categories(given: Members) -> tuple[Category, ...]:
    found = tuple(_category(code, f"/categories/{n}") for n, code in enumerate(members.listed(given, "categories")))
    if len(set(found)) < len(found):
        raise members.wrong("/categories", "repeated")
    return found


def _category(code: object, pointer: str) -> Category:
    if not isinstance(code, str) or code not in set(Category):
        raise members.wrong(pointer, "code")
    return Category(code)


def _recipient(given: Members) -> str:
    try:
        return str(BusinessId.parse(members.text(given, "recipient", "/recipient")))
    except InvalidIdentifier as error:
        raise members.wrong("/recipient", error.code) from None


def _moment(given: Members, name: str, *, before: datetime) -> datetime | None:
    """Read a moment that has come: nobody knows what will hold."""
    if name not in given:
        return None
    found = members.moment(given, name, f"/{name}")
    if found > before:
        raise members.wrong(f"/{name}", "future")
    return found
