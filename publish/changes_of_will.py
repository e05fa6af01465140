"""A change of will and all that follows from it, in one transaction: the verb, the feeds, the sections nobody may see any more.

The only caller of ``consent.registry`` (AMENDMENTS 7). Each function takes what its verb there takes, and gives what it gives.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from consent import registry
from consent.queries import writes
from db.engine import Transaction
from publish import following, outbox
from publish.queries.feed import Change

_P = ParamSpec("_P")
_R = TypeVar("_R")
_PersonOf = Callable[[Transaction, Mapping[str, Any]], UUID | None]
_Then = Callable[[Transaction, UUID, datetime], tuple[Change, ...]]


_NAMES = ("act_id", "suspension_id", "representation_id")


def _followed(
    verb: Callable[Concatenate[Transaction, _P], _R], person_of: _PersonOf, then: _Then
) -> Callable[Concatenate[Transaction, _P], _R]:
    """Let what was published follow a verb, in the verb's own transaction."""

    @wraps(verb)
    def change(tx: Transaction, /, *args: _P.args, **given: _P.kwargs) -> _R:
        person_id = person_of(tx, given)
        done = verb(tx, *args, **given)
        if person_id is not None:
            told = then(tx, person_id, _moment(given))
            outbox.tell(tx, told, about=_about(done, given), verb=verb.__name__, at=_moment(given))
        return done

    return change


def _opens(tx: Transaction, person_id: UUID, _: datetime) -> tuple[Change, ...]:
    """After a verb that takes nothing from anybody: the person's next publishing shows more, and its feed entries tell of it."""
    following.open_again(tx, person_id=person_id)
    return ()


def _closes(tx: Transaction, person_id: UUID, at: datetime) -> tuple[Change, ...]:
    """After a verb that may only take away: the feeds tell and the sections go at once."""
    return following.follow(tx, person_id=person_id, opens=False, at=at)


def _either(tx: Transaction, person_id: UUID, at: datetime) -> tuple[Change, ...]:
    """After a verb that may do both."""
    return following.follow(tx, person_id=person_id, opens=True, at=at)


def _about(done: object, given: Mapping[str, Any]) -> UUID:
    """Name what the change is: the act, denial, pause or voice that it made or is about."""
    match done:
        case registry.ActRecord():
            return done.act_id
        case registry.DenialRecord():
            return done.denial_id
        case UUID():
            return done
    named: UUID = next(given[name] for name in _NAMES if name in given)
    return named


def _moment(given: Mapping[str, Any]) -> datetime:
    at: datetime = given["at"]
    return at


def _named(_: Transaction, given: Mapping[str, Any]) -> UUID | None:
    person_id: UUID = given["person_id"]
    return person_id


def _of_act(tx: Transaction, given: Mapping[str, Any]) -> UUID | None:
    act = writes.act_row(tx, given["act_id"])
    return act and act.person_id


def _of_denial(tx: Transaction, given: Mapping[str, Any]) -> UUID | None:
    denial = writes.denial_row(tx, given["denial_id"])
    return denial and denial.person_id


def _of_voice(tx: Transaction, given: Mapping[str, Any]) -> UUID | None:
    return writes.owner_of_voice(tx, given["representation_id"])


def _of_pause(tx: Transaction, given: Mapping[str, Any]) -> UUID | None:
    pause = writes.pause_row(tx, given["suspension_id"])
    return pause["person_id"] if pause else None


grant = _followed(registry.grant, _named, _opens)
renew = _followed(registry.renew, _named, _opens)
refuse = _followed(registry.refuse, _named, _closes)
withdraw = _followed(registry.withdraw, _named, _closes)
revoke = _followed(registry.revoke, _named, _closes)
request = registry.request
expire = registry.expire
defer = registry.defer
confirm = _followed(registry.confirm, _of_act, _either)
invalidate = _followed(registry.invalidate, _of_act, _either)
deny = _followed(registry.deny, _named, _closes)
lift = _followed(registry.lift, _of_denial, _opens)
annul_denial = _followed(registry.annul_denial, _of_denial, _opens)
suspend = _followed(registry.suspend, _named, _closes)
resume = _followed(registry.resume, _of_pause, _opens)
check = _followed(registry.check, _of_voice, _either)
represent = registry.represent
