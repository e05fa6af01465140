"""What the auditors hear of our witnesses: that too few follow, and that one has seen another log than ours."""

from datetime import timedelta

import pytest

from audit import tables
from audit.checkpoint import VerifierKey
from audit.cosignature import WitnessKey
from audit.witness import Witness
from audit.witnessing import Asked, Outcome, Policy, ask_all
from db.clock import now
from db.engine import Database, Login
from db.keys import Use
from publish.reconciling.witnesses import SILENT_AFTER, look_at_witnesses, tell_disagreement
from tests.logs import a_disclosure, entries

LATER = SILENT_AFTER + timedelta(minutes=1)


@pytest.fixture
def reconciler(database_url, keyring):
    with Database(database_url, Login.RECONCILER, keyring) as database:
        yield database


@pytest.fixture
def key(keyring):
    return WitnessKey("witness.example/w1", keyring.public_key(Use.RECEIPT))


@pytest.fixture
def witnessed(log, key, keyring, tmp_path, sequencer_login):
    """Have what stands in the log cosigned by a witness."""
    trusted = VerifierKey("luukku.example/audit/2025", keyring.public_key(Use.CHECKPOINT))
    witness = Witness(tmp_path, key, lambda text: keyring.sign(Use.RECEIPT, text).signature, [trusted])

    def ask(policy):
        ask_all(sequencer_login, policy, lambda _, body: witness.add_checkpoint(body, now()), now())

    return ask


def policy_of(key, quorum):
    return Policy.parse(f"witness {key} http://127.0.0.1:1\nquorum {quorum}\n")


def grow(log):
    with log.sealer() as sealer:
        sealer.seal(a_disclosure())


def cases(owner):
    with owner.read() as read:
        return [row.rule for row in read.execute(tables.review.select())]


def test_too_few_witnesses_for_ten_minutes_are_one_case_and_an_event_until_they_stop_elsewhere(
    log, owner, reconciler, key, witnessed
):
    policy = policy_of(key, 1)
    grow(log)

    assert look_at_witnesses(reconciler, policy, at=now()) == 0
    assert look_at_witnesses(reconciler, policy, at=now() + LATER) == 1
    assert look_at_witnesses(reconciler, policy, at=now() + LATER) == 0
    witnessed(policy)
    grow(log)
    assert look_at_witnesses(reconciler, policy, at=now() + LATER) == 1

    log.settle(owner)
    assert cases(owner) == ["witness_silent"] * 2
    assert [row.type for row in entries(owner)].count("finding.opened") == 2


def test_who_follows_and_who_is_not_asked_for_opens_no_case(log, owner, reconciler, key, witnessed):
    grow(log)
    log.settle(owner)
    log.stop()

    witnessed(policy_of(key, 1))

    assert look_at_witnesses(reconciler, policy_of(key, 1), at=now() + LATER) == 0
    assert look_at_witnesses(reconciler, policy_of(key, 0), at=now() + LATER) == 0
    assert look_at_witnesses(reconciler, Policy(), at=now() + LATER) == 0


def test_a_witness_that_saw_another_log_is_one_case_and_one_that_is_away_is_none(log, owner, reconciler):
    asked = [Asked("w1", Outcome.FORKED, 7), Asked("w2", Outcome.UNREACHABLE, 0), Asked("w3", Outcome.COSIGNED, 9)]

    assert tell_disagreement(reconciler, asked, at=now()) == 1
    assert tell_disagreement(reconciler, [*asked, Asked("w2", Outcome.ROLLED_BACK, 9)], at=now()) == 1

    assert cases(owner) == ["witness_disagrees"] * 2
