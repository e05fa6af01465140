"""Worked examples lived through: the registry's verbs and the connectors' functions, on a real database."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from consent import registry, terms
from consent.model import FUTURE, PAST, Change, RepresentationKind
from consent.queries.terms import Shown
from consent.registry import By, Channel, Consent, Expressed, Given, Scope
from db.ids import uuid7
from schemas.vocabulary import PartyKind, Purpose, Source, TaskGround, Text
from tests.spec import replay, story, world

BEGINNING = world.moment("1.1.2026")
TEXT = Text("Teksti.", "Text.", "A text.")
SHOWN = Shown(1, "fi", hashlib.sha256(TEXT.fi.encode()).digest())
TWO = ("one", "other")
STEWARD = By(user="steward", role="steward", office=world.R)
SECOND = By(user="second", role="steward", office=world.R)
HERSELF = By(user="herself", role="person")
ADMIN = By(user="admin", role="admin")
AREA_OF_R, MUNICIPALITY_OF_R, AREA_OF_Q = "36", "740", "23"
PLACES = {"residence": MUNICIPALITY_OF_R, "financing": MUNICIPALITY_OF_R, "area": AREA_OF_R, "tym": AREA_OF_R}

Deed = tuple[datetime, Callable[[], object]]


def set_up(tx) -> None:
    """The parties, agreements, first notices and statutes of the examples."""
    for party, kind in world.PARTIES.items():
        if kind is not PartyKind.EMPLOYMENT_AUTHORITY:
            terms.enrol(tx, terms.Party(recipient=party, kind=kind), by=ADMIN, at=BEGINNING)
    authority = PartyKind.EMPLOYMENT_AUTHORITY
    r = terms.Party(recipient=world.R, kind=authority, area=AREA_OF_R, municipality=MUNICIPALITY_OF_R)
    terms.enrol(tx, r, by=ADMIN, at=BEGINNING)
    terms.enrol(tx, terms.Party(recipient=world.Q, kind=authority, area=AREA_OF_Q), by=ADMIN, at=BEGINNING)
    for agreement in world.agreements().values():
        _agree(tx, agreement)
    for statute in world.statutes().values():
        terms.enact(tx, _statute_terms(statute), by=ADMIN, at=BEGINNING)


def _agree(tx, agreement, **changed) -> None:
    terms.agree(tx, replace(_agreement_terms(agreement), **changed), by=ADMIN, at=changed.get("valid_until", BEGINNING))
    if not changed:
        first = terms.NoticeText(
            agreement_id=agreement.agreement_id,
            n=1,
            text=TEXT,
            change=Change.FIRST,
            published_at=BEGINNING,
            approved_by=TWO,
        )
        terms.announce(tx, first, by=ADMIN, at=BEGINNING)


def _agreement_terms(agreement) -> terms.AgreementTerms:
    source = min(agreement.categories).partition(".")[0]
    return terms.AgreementTerms(
        agreement_id=agreement.agreement_id,
        controller=agreement.controller,
        source=Source(source),
        categories=tuple(sorted(agreement.categories)),
        recipient=agreement.recipient,
        purpose=Purpose(agreement.purpose),
        task_ground=agreement.task_ground,
        special=source == "sote",
        approved_by=TWO,
        valid_from=agreement.in_force.start,
        valid_until=agreement.in_force.end,
        onward=agreement.onward,
    )


def _statute_terms(statute) -> terms.StatuteTerms:
    return terms.StatuteTerms(
        statute_id=statute.statute_id,
        key=statute.key,
        law_ref="a law",
        text=TEXT,
        verified=False,
        controller_kind=statute.controller_kind,
        categories=tuple(sorted(statute.categories)),
        recipient_kind=statute.recipient_kind,
        purpose=Purpose(statute.purpose),
        task_ground=statute.task_ground,
        approved_by=TWO,
        valid_from=BEGINNING,
        kind=statute.kind,
        overrides_denial=statute.overrides_denial,
    )


def live(tx, told) -> UUID:
    """Live a story in the order of its moments, and return the person it happened to."""
    person_id = uuid7(BEGINNING)
    _learn_basics(tx, person_id, told)
    voices: dict[str, UUID] = {}
    deeds: list[Deed] = []
    for fact in told:
        deeds += _deeds(tx, person_id, fact, voices)
    for _, deed in sorted(deeds, key=lambda deed: deed[0]):
        deed()
    return person_id


def learn(tx, person_id, kind, value, *, from_at=None, until_at=None, at=BEGINNING) -> None:
    tx.execute(select(func.consent.learn([person_id], [kind], [value], [from_at], [until_at], at)))


def learn_tasks(tx, person_id, ground, place, *, from_at=None, until_at=None, at=BEGINNING) -> None:
    tx.execute(select(func.consent.learn_tasks([person_id], [ground], [place], [from_at], [until_at], at)))


def _learn_basics(tx, person_id, told) -> None:
    born = next((fact.on for fact in told if isinstance(fact, story.Born)), "1.1.1984")
    day, month, year = (int(part) for part in born.split("."))
    learn(tx, person_id, "birth_date", f"{year}-{month:02}-{day:02}")
    tasks = next((fact for fact in told if isinstance(fact, story.Tasks)), story.Tasks())
    for ground, last_day in tasks.held:
        learn_tasks(tx, person_id, ground, PLACES[ground], until_at=world.after(last_day) if last_day else None)
    learn_tasks(tx, person_id, TaskGround.COACH, AREA_OF_Q)


def _deeds(tx, person_id, fact, voices) -> Iterator[Deed]:
    match fact:
        case story.Grant():
            yield from _grant(tx, person_id, fact, voices)
        case story.No():
            yield from _no(tx, person_id, fact, voices)
        case story.Deny():
            yield from _deny(tx, person_id, fact)
        case story.Represented():
            yield from _represented(tx, person_id, fact, voices)
        case story.Suspended() | story.Died() | story.Protected():
            yield _happening(tx, person_id, fact)
        case story.AgreementFor() | story.AgreementEnds() | story.NewNotice() | story.LawEnded():
            yield _new_rule(tx, fact)


def _happening(tx, person_id, fact) -> Deed:
    match fact:
        case story.Suspended(since):
            at = world.moment(since)
            pause = {"person_id": person_id, "agreement_id": world.K_AGREEMENT, "by": STEWARD, "at": at}
            return at, lambda: registry.suspend(tx, **pause)
        case story.Died(on):
            at = world.moment(on)
            return at, lambda: learn(tx, person_id, "deceased", "true", from_at=at, at=at)
        case story.Protected(coach):
            return BEGINNING, lambda: _protect(tx, person_id, coach)


def _new_rule(tx, fact) -> Deed:
    match fact:
        case story.AgreementFor(item):
            return BEGINNING, lambda: _agree(tx, world.an_agreement(world.P_AGREEMENT, world.KEHA, item))
        case story.AgreementEnds(on):
            ends = world.moment(on)
            return ends, lambda: _agree(tx, world.agreements()["K"], version=2, valid_until=ends)
        case story.NewNotice():
            return world.moment(fact.on), lambda: _announce(tx, fact)
        case story.LawEnded(law, last_day):
            ended = replace(_statute_terms(world.statutes()[law]), version=2, valid_until=world.after(last_day))
            return BEGINNING, lambda: terms.enact(tx, ended, by=ADMIN, at=BEGINNING)


def _expressed(fact, voices) -> tuple[Expressed, By, datetime]:
    at = world.moment(fact.recorded or fact.on)
    voice = voices.get(fact.voice)
    if fact.recorded is None:
        return Expressed(channel=Channel.ONLINE, voice=voice), HERSELF, at
    return Expressed(channel=Channel.PAPER, voice=voice, signed_at=world.moment(fact.on)), STEWARD, at


def _agreement_of(item) -> UUID:
    return {"K": world.K_AGREEMENT, "P": world.P_AGREEMENT}.get(item, world.S_AGREEMENT)


def _grant(tx, person_id, fact, voices) -> Iterator[Deed]:
    data = replay.data_period(fact.data)
    given = Given(
        category=world.ITEMS[fact.item].category,
        valid_until=replay.until(fact),
        data_from=None if data.start == PAST else data.start,
        data_until=None if data.end == FUTURE else data.end,
    )
    consent = Consent(
        items=[given],
        notice=SHOWN,
        effective_from=world.moment(fact.effective) if fact.effective else None,
        competence_note="competent" if fact.competent else None,
    )
    made: list[registry.ActRecord] = []

    def grant() -> None:
        expressed, by, at = _expressed(fact, voices)
        aim = {"person_id": person_id, "agreement_id": _agreement_of(fact.item)}
        made.append(registry.grant(tx, **aim, consent=consent, expressed=expressed, by=by, at=at))

    yield world.moment(fact.recorded or fact.on), grant
    if fact.confirmed:
        at = world.moment(fact.confirmed)
        yield at, lambda: registry.confirm(tx, act_id=made[0].act_id, accepted=True, by=SECOND, at=at)
    if fact.invalidated:
        yield from _invalidation(tx, made, fact.invalidated)


def _invalidation(tx, made, on) -> Iterator[Deed]:
    at = world.moment(on)
    error = {"cause": "error", "by": STEWARD, "confirmed_by": SECOND.user, "at": at}
    yield at, lambda: registry.invalidate(tx, act_id=made[0].act_id, **error)


def _no(tx, person_id, fact, voices) -> Iterator[Deed]:
    verb = {"refused": registry.refuse, "withdrawn": registry.withdraw}[fact.kind]
    aim = {"person_id": person_id, "agreement_id": _agreement_of(fact.item)}
    made: list[registry.ActRecord] = []

    def say() -> None:
        expressed, by, at = _expressed(fact, voices)
        made.append(verb(tx, **aim, categories=[world.ITEMS[fact.item].category], expressed=expressed, by=by, at=at))

    yield world.moment(fact.recorded or fact.on), say
    if fact.invalidated:
        yield from _invalidation(tx, made, fact.invalidated)


def _deny(tx, person_id, fact) -> Iterator[Deed]:
    data = replay.data_period(fact.data)
    scope = Scope(
        source=fact.source,
        category=fact.item and world.ITEMS[fact.item].category,
        recipient=fact.recipient and replay.RECIPIENTS[fact.recipient],
        data_from=None if data.start == PAST else data.start,
        data_until=None if data.end == FUTURE else data.end,
        allow_emergency=fact.save_emergency,
    )
    online = {"expressed": Expressed(channel=Channel.ONLINE), "by": HERSELF}
    made: list[registry.DenialRecord] = []
    at = world.moment(fact.on)
    yield at, lambda: made.append(registry.deny(tx, person_id=person_id, scope=scope, at=at, **online))
    if fact.lifted:
        lifted = world.moment(fact.lifted)
        yield lifted, lambda: registry.lift(tx, denial_id=made[0].denial_id, at=lifted, **online)


def a_voice(tx, person_id, kind, *, at, representative=None) -> UUID:
    """Somebody who may speak for a person by an answer of that moment."""
    return registry.represent(
        tx,
        person_id=person_id,
        representative=representative or uuid7(at),
        kind=kind,
        allowed=True,
        by=STEWARD,
        at=at,
    )


def _represented(tx, person_id, fact, voices) -> Iterator[Deed]:
    def represent() -> None:
        voices[fact.voice] = registry.represent(
            tx,
            person_id=person_id,
            representative=replay.VOICES[fact.voice],
            kind=RepresentationKind(fact.kind),
            allowed=False,
            by=STEWARD,
            at=BEGINNING,
        )

    yield BEGINNING, represent
    for on, allowed in fact.checks:
        at = world.moment(on) - timedelta(minutes=1)
        answer = {"allowed": allowed, "by": STEWARD, "at": at}
        yield at, lambda answer=answer: registry.check(tx, representation_id=voices[fact.voice], **answer)


def _announce(tx, fact) -> None:
    notice = terms.NoticeText(
        agreement_id=world.K_AGREEMENT,
        n=fact.n,
        text=TEXT,
        change=Change(fact.change),
        published_at=world.moment(fact.on),
        approved_by=TWO,
        grace_until=world.after(fact.grace) if fact.grace else None,
    )
    terms.announce(tx, notice, by=ADMIN, at=world.moment(fact.on))


def _protect(tx, person_id, coach) -> None:
    learn(tx, person_id, "protected:te", "true")
    if coach:
        learn(tx, person_id, "coach", "te-1")
        named = terms.NamedCoach(
            recipient=world.R, pseudonym=coach, te_tunnus="te-1", from_at=BEGINNING, until_at=None, confirmed_by="other"
        )
        terms.name_coach(tx, named, by=ADMIN, at=BEGINNING)
