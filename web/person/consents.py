"""What a person has agreed to, with the text and the receipt; withdrawn in two clicks, and no reason is asked (CONSENT.md 9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from starlette.responses import Response

from consent import queries as facts
from consent.model.will import Step
from consent.queries import life
from consent.queries import offices as parties
from consent.queries.life import ActLine
from consent.queries.reading_aloud import NoticeShown, notice_shown
from consent.registry import By, Channel, Expressed
from db.engine import Read
from publish import changes_of_will
from web.pages.languages import Language
from web.pages.visit import NotThere, Visit
from web.person import own
from web.said import Said, pictured, steps
from web.steward import offices, standing

STANDING: Final = (Step.OK, Step.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Given:
    """What is consented to under one agreement now: whose data, to whom, until when the first of it ends; the text it answered.

    ``paused``: by the person's own wish it opens nothing now, ``outdated``: nor does it until the changed text is answered.
    """

    agreement_id: UUID
    controller: str
    recipient: str
    purpose: str
    categories: tuple[str, ...]
    until: datetime
    act: ActLine
    notice: NoticeShown | None
    paused: bool
    outdated: bool


class _Key(NamedTuple):
    """A category agreed to: when it ends by itself, by which act, and whether anything keeps it from opening data."""

    category: str
    ends: datetime
    act: ActLine
    paused: bool
    outdated: bool


def names(read: Read, language: Language) -> Mapping[str, str]:
    """Name every organisation by Y-tunnus."""
    return offices.names(read, language)


def said(read: Read, person_id: UUID | None) -> list[Said]:
    """List all that the person has said, the newest first; somebody whom no source knows has said nothing."""
    if person_id is None:
        return []
    return steps(life.acts(read, person_id=person_id), life.denials(read, person_id=person_id))


def in_force(read: Read, visit: Visit) -> list[Given]:
    """List what the person agrees to now, paused or not: both can be withdrawn."""
    person_id = visit.signed_in.who.person_id
    if person_id is None:
        return []
    acts = {line.act_id: line for line in life.acts(read, person_id=person_id)}
    open_: dict[UUID, list[_Key]] = {}
    for recipient in parties.recipients_of(read, person_id=person_id, at=visit.at):
        known = facts.facts(read, person_id=person_id, recipient=recipient)
        holding = {each.agreement_id: each for each in known.register.agreements if each.in_force.holds(visit.at)}
        for agreement_id, category in known.wills:
            stretch = known.holding(agreement_id, category, visit.at)
            if agreement_id in holding and stretch.step in STANDING and stretch.act_id in acts:
                act = acts[stretch.act_id]
                due = standing.due(holding[agreement_id], stretch, visit.at)
                paused, outdated = stretch.step is Step.SUSPENDED, due is not None and due <= visit.at
                key = _Key(category, standing.ends(known, act, stretch), act, paused, outdated)
                open_.setdefault(agreement_id, []).append(key)
    return [_given(read, agreement_id, keys) for agreement_id, keys in open_.items()]


def listed(visit: Visit) -> Response:
    """Show what is agreed to, and all that was ever said."""
    with visit.doors.database.read() as read:
        given = in_force(read, visit)
        told = said(read, visit.signed_in.who.person_id)
        named = names(read, visit.language)
    return visit.page(
        "person/my_consents.html",
        here="/me/consents",
        consents=given,
        steps=told,
        life_line=pictured(told),
        names=named,
    )


def consequences(visit: Visit) -> Response:
    """Say what a withdrawal will do, before it is done."""
    with visit.doors.database.read() as read:
        given, named = _named(read, visit), names(read, visit.language)
    return visit.page("person/my_withdraw.html", here="/me/consents", consent=given, names=named)


def withdraw(visit: Visit) -> Response:
    """Withdraw; it governs every decision after this."""
    with visit.doors.database.transaction() as tx:
        given = _named(tx, visit)
        changes_of_will.withdraw(
            tx,
            person_id=own.person_id(visit),
            agreement_id=given.agreement_id,
            categories=given.categories,
            expressed=Expressed(channel=Channel.ONLINE),
            by=By(user=visit.signed_in.who.subject, role="person"),
            at=visit.at,
        )
    return visit.to("/me/consents")


def _named(read: Read, visit: Visit) -> Given:
    """Find the consent that the address names; raises NotThere for one that is not in force."""
    found = next((each for each in in_force(read, visit) if str(each.agreement_id) == visit.path["agreement"]), None)
    if found is None:
        raise NotThere
    return found


def _given(read: Read, agreement_id: UUID, keys: list[_Key]) -> Given:
    line = keys[0].act
    text = None
    if line.notice_language is not None:
        text = notice_shown(read, agreement_id, language=line.notice_language, at=line.signed_at)
    return Given(
        agreement_id=agreement_id,
        controller=line.controller,
        recipient=line.recipient,
        purpose=line.purpose,
        categories=tuple(sorted(key.category for key in keys)),
        until=min(key.ends for key in keys),
        act=line,
        notice=text,
        paused=any(key.paused for key in keys),
        outdated=any(key.outdated for key in keys),
    )
