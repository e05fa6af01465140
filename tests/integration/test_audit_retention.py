"""The log's own retention: entries go by a sealed event, the tree stays, and what was or will be proven verifies."""

from datetime import UTC, datetime

import pytest

from audit import retention, tables
from audit.checkpoint import VerifierKey
from audit.fence import Fence
from audit.log import record_all
from audit.proof import extra_of, proof_of
from audit.queries import sequence
from audit.retention import Ended
from audit.verify import Summary, sharing, trusting, verify_database
from audit.verify.pieces import Signers, verify_proof
from db.engine import Database, Login
from db.errors import DatabaseError
from db.keys import Use
from tests.logs import a_disclosure, a_log, an_event, entries
from tests.tampering import tamper

OLD = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
NEW = datetime(2039, 1, 1, tzinfo=UTC)
GONE = 12
"""Events of 2026 that are pruned here: the first of one person's, and some of another's."""


@pytest.fixture
def log(database_url, keyring, web_login, sealed_at):
    """A log of 2026 with twenty-odd events, closed, and one of 2039."""
    sealed_at[0] = OLD
    with a_log(database_url, keyring) as made:
        made.start()
        with web_login.transaction() as tx:
            record_all(tx, [an_event() for _ in range(20)])
        with made.sealer() as sealer:
            sealer.seal(a_disclosure())
            sealer.seal(a_disclosure())
            sealed_at[0] = NEW
            sealer.seal(a_disclosure())
        yield made


@pytest.fixture
def found(log, verifier_login, keyring):
    def verify():
        log.stop()
        lines = list(verify_database(verifier_login, trusting(keyring, Fence(log.fence)), with_details=True))
        return {(str(line.code), line.index) for line in lines if not isinstance(line, Summary)}

    return verify


def pruned(log, database_url, keyring, owner):
    with Database(database_url, Login.KEEPER, keyring) as keeper, keeper.transaction() as tx:
        claim = retention.claim(tx, Ended(2026, 0, GONE - 1), NEW)
    log.settle(owner)
    with Database(database_url, Login.SEQUENCER, keyring) as sequencer, sequencer.transaction() as tx:
        return retention.prune(tx, claim)


def a_proof(owner, index, entry):
    with owner.read() as read:
        c = tables.checkpoint.c
        note = read.execute(tables.checkpoint.select().where(c.log == 2026).order_by(c.size.desc())).first().note
        return proof_of(index, note, lambda place: sequence.nodes_at(read, 2026, [place])[0], extra_of(entry))


def test_what_ended_is_pruned_and_the_rest_and_every_proof_verify(log, database_url, keyring, owner, found):
    first = bytes(entries(owner)[3].entry)
    before = a_proof(owner, 3, first)

    removed = pruned(log, database_url, keyring, owner)

    rows = [row for row in entries(owner) if row.log == 2026]
    assert (removed, rows[0].index) == (GONE, GONE)
    assert found() == set()
    signers = Signers([VerifierKey("luukku.example/audit/2026", keyring.public_key(Use.CHECKPOINT))])
    for proof in (before, a_proof(owner, 3, first), a_proof(owner, GONE, bytes(rows[0].entry))):
        assert list(verify_proof(proof, signers)) == []


def test_a_pruned_log_is_still_held_to_its_tree(log, database_url, keyring, owner, found):
    pruned(log, database_url, keyring, owner)
    tamper(
        database_url,
        "UPDATE audit.node SET hash = sha256('x') WHERE log = 2026 AND level = 0 AND n = 3",
        "UPDATE audit.event SET purpose = 'x' WHERE log = 2026 AND index = 15",
    )

    codes = {code for code, _ in found()}
    assert "column_differs" in codes
    assert codes & {"node_changed", "entry_changed"}


def test_what_is_gone_beyond_the_claim_is_named(log, database_url, keyring, owner, found):
    pruned(log, database_url, keyring, owner)
    tamper(database_url, f"DELETE FROM audit.event WHERE log = 2026 AND index = {GONE}")

    assert ("entry_missing", GONE) in found()
    assert ("entry_missing", 0) not in found()


def test_without_a_claim_what_is_gone_is_named(log, database_url, found):
    tamper(database_url, f"DELETE FROM audit.event WHERE log = 2026 AND index < {GONE}")

    codes = found()
    assert ("partition_missing", 0) in codes
    assert "entry_missing" not in {code for code, _ in codes}


def test_nothing_is_pruned_before_its_claim_is_sealed_nor_by_an_event_that_claims_nothing(
    log, database_url, keyring, owner
):
    log.stop()
    with Database(database_url, Login.KEEPER, keyring) as keeper, keeper.transaction() as tx:
        claim = retention.claim(tx, Ended(2026, 0, 3), NEW)

    with Database(database_url, Login.SEQUENCER, keyring) as sequencer:
        for event_id in (claim, entries(owner)[0].id):
            with pytest.raises(DatabaseError), sequencer.transaction() as tx:
                retention.prune(tx, event_id)


def test_only_the_beginning_of_a_former_year_s_log_whose_classes_have_all_ended_is_due(log, verifier_login, owner):
    with verifier_login.read() as read:
        last = retention.due(read, 2026, NEW)
        closing = next(row for row in entries(owner) if row.type == "log.closed")
        assert (last.first, last.last) == (0, closing.index - 1)
        assert retention.due(read, 2026, datetime(2030, 1, 1, tzinfo=UTC)) is None
        assert retention.due(read, 2039, NEW) is None
        middle = retention.due(read, 2026, datetime(2034, 1, 1, tzinfo=UTC))
        assert 0 < middle.last < last.last


@pytest.mark.parametrize("a_share", [8, 100_000])
def test_a_pruned_log_is_passed_swiftly_in_one_part_or_two(request, found, monkeypatch, a_share):
    pruned(*map(request.getfixturevalue, ("log", "database_url", "keyring", "owner")))
    monkeypatch.setattr(sharing, "A_SHARE", a_share)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("audit.verify.database.verify_log", None)

    assert found() == set()
