"""Any order of verbs: what was decided live is decided again as known then, kept wills are what the acts come to, bulk agrees."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import polars as pl
import pytest

from consent import queries, registry
from consent.bulk import Question, decide_rows, prepare, snapshot
from consent.decision import decide
from consent.errors import ConsentError
from consent.model import Item, RepresentationKind, Request
from consent.queries import current, wills
from consent.registry import Channel, Consent, Expressed, Given, Scope
from consent.will import will
from db.ids import uuid7
from tests.spec import live, story, world

LIVES = int(os.environ.get("LUUKKU_GENERATIVE_LIVES", "40"))
ACTS = 8
START = world.moment("1.3.")
ITEMS = tuple(item for item in world.ITEMS.values() if isinstance(item, Item) and item.category != "kela.etuusjakso")


@dataclass
class Life:
    """A person, what can be referred to, and every live decision with its moment."""

    random: Random
    person_id: UUID
    acts: list[UUID] = field(default_factory=list)
    denials: list[UUID] = field(default_factory=list)
    voices: list[UUID] = field(default_factory=list)
    pauses: list[UUID] = field(default_factory=list)
    decided: list[tuple[datetime, tuple]] = field(default_factory=list)

    def expressed(self, at):
        """Now and online, or a while ago on paper; the person's own voice or another's."""
        voice = self.random.choice(self.voices) if self.voices and self.random.random() < 0.4 else None
        if self.random.random() < 0.7:
            return Expressed(channel=Channel.ONLINE, voice=voice)
        return Expressed(channel=Channel.PAPER, voice=voice, signed_at=at - timedelta(hours=self.random.randrange(100)))


def step(tx, life, at):
    """Do something, or be refused."""
    verb = life.random.choice((yes, yes, yes, no, no, revoke, deny, lift, pause, resume, confirm, annul, speak, check))
    verb(tx, life, at)


def aim(life):
    item = life.random.choice(ITEMS)
    agreement = world.K_AGREEMENT if item.category.startswith("kela.") else world.S_AGREEMENT
    return item.category, {"person_id": life.person_id, "agreement_id": agreement}


def by(life):
    return life.random.choice((live.STEWARD, live.HERSELF))


def yes(tx, life, at):
    category, keys = aim(life)
    given = Given(category=category, valid_until=at + timedelta(hours=life.random.randrange(1, 400)))
    consent = Consent(
        items=[given],
        notice=live.SHOWN,
        effective_from=at + timedelta(hours=50) if life.random.random() < 0.2 else None,
        competence_note="note",
    )
    verb = life.random.choice((registry.grant, registry.renew))
    record = verb(tx, **keys, consent=consent, expressed=life.expressed(at), by=by(life), at=at)
    life.acts.append(record.act_id)


def no(tx, life, at):
    category, keys = aim(life)
    verb = life.random.choice((registry.refuse, registry.withdraw, registry.defer))
    record = verb(tx, **keys, categories=[category], expressed=life.expressed(at), by=by(life), at=at)
    life.acts.append(record.act_id)


def revoke(tx, life, at):
    category, keys = aim(life)
    online = Expressed(channel=Channel.ONLINE)
    life.acts.append(registry.revoke(tx, **keys, categories=[category], expressed=online, by=live.ADMIN, at=at).act_id)


def deny(tx, life, at):
    scope = Scope(source=life.random.choice(("sote", "kela", None)))
    record = registry.deny(tx, person_id=life.person_id, scope=scope, expressed=life.expressed(at), by=by(life), at=at)
    life.denials.append(record.denial_id)


def lift(tx, life, at):
    if life.denials:
        denial = life.random.choice(life.denials)
        registry.lift(tx, denial_id=denial, expressed=Expressed(channel=Channel.ONLINE), by=by(life), at=at)


def pause(tx, life, at):
    _, keys = aim(life)
    life.pauses.append(registry.suspend(tx, **keys, by=live.STEWARD, at=at))


def resume(tx, life, at):
    if life.pauses:
        registry.resume(tx, suspension_id=life.pauses.pop(), by=live.STEWARD, at=at)


def confirm(tx, life, at):
    if life.acts:
        act = life.random.choice(life.acts)
        registry.confirm(tx, act_id=act, accepted=life.random.random() < 0.8, by=live.SECOND, at=at)


def annul(tx, life, at):
    if life.acts:
        act = life.random.choice(life.acts)
        registry.invalidate(tx, act_id=act, cause="error", by=live.STEWARD, at=at, confirmed_by="second")


def speak(tx, life, at):
    kind = life.random.choice(list(RepresentationKind))
    said = {"kind": kind, "allowed": True, "by": live.STEWARD, "at": at}
    life.voices.append(registry.represent(tx, person_id=life.person_id, representative=uuid7(at), **said))


def check(tx, life, at):
    if life.voices:
        voice = life.random.choice(life.voices)
        registry.check(tx, representation_id=voice, allowed=life.random.random() < 0.6, by=live.STEWARD, at=at)


def asked(life):
    return Request(person_id=life.person_id, recipient=world.R, purpose=world.TYO, items=ITEMS)


def decided(read, life, at, *, known_at=None):
    facts = queries.facts(read, person_id=life.person_id, recipient=world.R, known_at=known_at)
    return tuple((result.reason, result.periods, result.matched) for result in decide(asked(life), facts, at).results)


def a_life(database, seed):
    """Live, and write down each live decision with its moment."""
    random = Random(seed)
    with database.transaction() as tx:
        life = Life(random, live.live(tx, (story.Born(random.choice(("1.1.1984", "10.3.2008"))),)))
        speak(tx, life, START - timedelta(hours=1))
    for n in range(ACTS):
        at = START + timedelta(hours=n * 30)
        try:
            with database.transaction() as tx:
                step(tx, life, at)
        except ConsentError:
            continue
        with database.read(snapshot=True) as read:
            moment = at + timedelta(minutes=1)
            life.decided.append((moment, decided(read, life, moment)))
    return life


@pytest.fixture
def lives(examples, owner):
    return [a_life(owner, seed) for seed in range(LIVES)]


def test_any_order_of_verbs(owner, lives):
    at = START + timedelta(hours=ACTS * 30)

    with owner.read(snapshot=True) as read:
        for life in lives:
            said = wills.said(read, person_id=life.person_id)
            assert current.wills(read, life.person_id) == {key: will(each) for key, each in said.items()}
            for moment, then in life.decided:
                assert decided(read, life, moment, known_at=moment) == then
        assert in_bulk(read, lives, at) == [reason for life in lives for reason, _, _ in decided(read, life, at)]


def in_bulk(read, lives, at):
    taken = snapshot(read, people=[life.person_id for life in lives])
    number = {person_id: n for n, person_id in enumerate(taken.people["person_id"])}
    questions = [Question(world.R, world.TYO, item.category, item.controller) for item in ITEMS]
    rows = [(number[str(life.person_id)], n) for life in lives for n in range(len(questions))]
    asked = pl.DataFrame(rows, schema={"person": pl.UInt32, "question": pl.UInt32}, orient="row")
    return decide_rows(prepare(taken, at), questions, asked)["reason"].to_list()
