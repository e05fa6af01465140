"""Whatever bears on a consent has its event, and what is in the log can be found: altered past every verb, it is named."""

from datetime import timedelta

import pytest

from audit.log import record_all
from audit.queries import blocks
from consent import registry
from consent.model import Change, RepresentationKind
from consent.registry import By, Channel, Expressed, Scope
from db.clock import now
from db.engine import Database, Login
from publish.queries.reconciling import Stretch, found
from publish.reconciling.telling import untold
from publish.reconciling.watch import take_in_blocks
from tests.logs import an_event
from tests.published import HETU, MIKKELI, SAVONLINNA, STEWARD, a_hetu
from tests.tampering import tamper

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OTHER = By(user="steward-8", role="steward", office=SAVONLINNA)
PAPER = Expressed(channel=Channel.PAPER)
TABLES = ("denial_lift", "invalidation", "suspension", "confirmation", "representation_check")
FREE = [f"ALTER TABLE consent.{table} DISABLE TRIGGER ALL" for table in TABLES]
ALTERED = {
    "a lift that nobody made": (
        "INSERT INTO consent.denial_lift SELECT denial_id, signed_at, effective_from, clock_timestamp(), channel, voice, recorded_by,"
        " office FROM consent.denial WHERE denial_id NOT IN (SELECT denial_id FROM consent.denial_lift) LIMIT 1"
    ),
    "a lift dated back": "UPDATE consent.denial_lift SET effective_from = effective_from - interval '1 day'",
    "a lift taken away": "DELETE FROM consent.denial_lift",
    "an error with another cause": "UPDATE consent.invalidation SET cause = 'other'",
    "a pause that ended sooner": "UPDATE consent.suspension SET until_at = until_at - interval '1 second' WHERE until_at IS NOT NULL",
    "a pause taken away": "DELETE FROM consent.suspension WHERE until_at IS NULL",
    "a second word turned round": "UPDATE consent.confirmation SET accepted = NOT accepted",
    "an authority that was refused": "UPDATE consent.representation_check SET allowed = true",
}


@pytest.fixture
def reconciler(database_url, keyring):
    with Database(database_url, Login.RECONCILER, keyring) as database:
        yield database


@pytest.fixture
def said(world, log, owner):
    """A day of everything that can be said beside acts and denials."""
    person = world.person(HETU)
    act = world.grant(person, "sote.palvelutarve").act_id
    tamper(
        owner.url,
        "ALTER TABLE consent.act DISABLE TRIGGER ALL",
        f"UPDATE consent.act SET needs_second = true, office = '{SAVONLINNA}'",
    )
    with owner.transaction() as tx:
        registry.confirm(tx, act_id=act, accepted=True, by=OTHER, at=now())
        first, _, wrong = (
            registry.deny(tx, person_id=person, scope=Scope(category=each), expressed=PAPER, by=STEWARD, at=now())
            for each in ("sote.suunnitelma", "sote.palvelutarve", "te.suunnitelma")
        )
        registry.lift(tx, denial_id=first.denial_id, expressed=PAPER, by=STEWARD, at=now())
        by_two = {"by": STEWARD, "confirmed_by": OTHER.user, "at": now()}
        registry.annul_denial(tx, denial_id=wrong.denial_id, cause="wrong_person", **by_two)
        pause = registry.suspend(tx, person_id=person, agreement_id=world.agreement_id, by=STEWARD, at=now())
        registry.resume(tx, suspension_id=pause, by=STEWARD, at=now())
        other = {"representative": world.person(a_hetu()), "kind": RepresentationKind.MANDATE}
        registry.represent(tx, person_id=person, **other, allowed=False, by=STEWARD, at=now())
        registry.invalidate(tx, act_id=act, cause="wrong_person", by=STEWARD, at=now())
    log.settle(owner)


def opened(reconciler):
    """What one look at the last hour finds untold."""
    with reconciler.read() as read:
        return list(untold(read, Stretch(now() - HOUR, now() + HOUR)))


def test_what_was_said_by_verbs_is_told(said, reconciler):
    assert opened(reconciler) == []


@pytest.mark.parametrize("how", ALTERED)
def test_what_was_written_past_every_verb_is_named(said, owner, reconciler, how):
    tamper(owner.url, *FREE, ALTERED[how])

    assert opened(reconciler)


RULES = ("agreement", "notice", "statute", "recipient", "recipient_user", "party_card")
UNTIED = [f"ALTER TABLE consent.{table} DISABLE TRIGGER ALL" for table in RULES]
REWRITTEN = {
    "another sentence in a text": "UPDATE consent.notice SET text_sv = 'x' WHERE n = 2",
    "another hash of a text": "UPDATE consent.notice SET sha256_en = '\\x00' WHERE n = 2",
    "a text taken away": "DELETE FROM consent.notice WHERE n = 2",
    "a law that opens more": "UPDATE consent.statute SET categories = categories || ARRAY['sote.palvelutarve']",
    "a reading called confirmed": "UPDATE consent.statute SET verified = NOT verified",
    "a law of another sentence": "UPDATE consent.statute SET text_en = 'x'",
    "a law that holds longer": "UPDATE consent.statute SET valid_until = '2050-01-01'",
    "an agreement on more": "UPDATE consent.agreement SET categories = categories || ARRAY['sote.suunnitelma']",
    "an agreement with another": f"UPDATE consent.agreement SET recipient = '{MIKKELI}'",
    "a party that serves another place": "UPDATE consent.recipient SET municipality = '491' WHERE municipality IS NOT NULL",
    "a party taken away": "DELETE FROM consent.recipient",
    "a coach whom nobody named": (
        f"INSERT INTO consent.recipient_user VALUES ('{SAVONLINNA}', 'w-17', 'te-1', '2026-01-01', NULL, 'steward-8', clock_timestamp())"
    ),
    "a card that nobody wrote": (
        f"INSERT INTO consent.party_card VALUES ('{SAVONLINNA}', 'x', 'x', 'x', 'x', NULL, NULL, 'x', 'x', 'x', clock_timestamp())"
    ),
    "an agreement that nobody made": (
        "INSERT INTO consent.agreement SELECT (jsonb_populate_record(a, jsonb_build_object('version', 9))).* FROM consent.agreement a"
    ),
}


@pytest.fixture
def ruled(world, log, owner):
    """A second text of the agreement, and one more law, beside the agreement and the laws there are."""
    world.announce(2, Change.EDITORIAL, "Annan luvan. Annan luvan.")
    world.enact()
    log.settle(owner)


def ever(reconciler):
    """What one look at all times finds untold."""
    with reconciler.read() as read:
        return list(untold(read, Stretch(now() - 1_000 * DAY, now() + HOUR)))


def test_the_rules_are_told_as_they_stand(ruled, reconciler):
    assert ever(reconciler) == []


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_rule_that_was_rewritten_past_its_verb_is_named(ruled, owner, reconciler, how):
    tamper(owner.url, *UNTIED, REWRITTEN[how])

    assert ever(reconciler)


HIDDEN = {
    "no block holds anything": "UPDATE audit.kind_blocks SET held = CAST(0 AS bit(1024))",
    "one block's bit": "UPDATE audit.kind_blocks SET held = set_bit(held, 2, 0)",
    "a kind's blocks are gone": "DELETE FROM audit.kind_blocks WHERE get_bit(held, 2) = 1",
    "the block is gone": "DELETE FROM audit.block WHERE block = 1",
    "the block is of another time": "UPDATE audit.block SET last_t = last_t - interval '1 year' WHERE block = 1",
    "the kind is another": "UPDATE audit.event_kind SET org = 'nobody'",
    "the kind is gone": "DELETE FROM audit.event_kind",
}


@pytest.fixture
def taken_in(log, owner, reconciler, monkeypatch):
    """Five blocks of eight events."""
    monkeypatch.setattr(blocks, "BLOCK", 8)
    with owner.transaction() as tx:
        record_all(tx, [an_event() for _ in range(40)])
    log.settle(owner)
    take_in_blocks(reconciler)


def hidden(reconciler):
    with reconciler.read() as read:
        return found(read, "search_hides", Stretch(now() - HOUR, now() + HOUR))


def test_a_search_passes_over_nothing(taken_in, reconciler):
    assert hidden(reconciler) == []


@pytest.mark.parametrize("how", HIDDEN)
def test_what_a_search_would_pass_over_is_named(taken_in, owner, reconciler, how):
    tamper(owner.url, HIDDEN[how])

    assert hidden(reconciler)
