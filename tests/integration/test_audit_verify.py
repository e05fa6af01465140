"""Verification of a real log: a good one verifies, and each way of tampering is found and named."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from audit import tables
from audit.checkpoint import Checkpoint, VerifierKey, signed
from audit.fence import Fence
from audit.log import record_all
from audit.tree import EMPTY_ROOT, Frontier, leaf_hash, numbered
from audit.verify import Code, Summary, Trust, exit_code, trusting, verify_database
from db.keys import Use
from db.server import connected
from tests.logs import a_disclosure, a_log, an_event, entries
from tests.tampering import tamper

BATCHES = 4
A_BATCH = 5
SIZE = 1 + BATCHES * A_BATCH


@pytest.fixture
def log(database_url, keyring, web_login):
    """A log of 21 events in five batches, not running any more."""
    with a_log(database_url, keyring) as made:
        for _ in range(BATCHES):
            with web_login.transaction() as tx:
                record_all(tx, [an_event() for _ in range(A_BATCH - 1)])
            made.start()
            with made.sealer() as sealer:
                sealer.seal(a_disclosure())
            made.stop()
        yield made


@pytest.fixture
def found(log, verifier_login, keyring):
    def verify(*, fence=True, with_details=False, trust=None):
        trust = trust or trusting(keyring, Fence(log.fence) if fence else None)
        return list(verify_database(verifier_login, trust, with_details=with_details))

    return verify


def codes(findings):
    return [finding.code for finding in findings if not isinstance(finding, Summary)]


def first(findings, code):
    return next(finding for finding in findings if not isinstance(finding, Summary) and finding.code is code)


def entry_changed(index):
    other = "convert_to(replace(convert_from(entry, 'UTF8'), '\"v\":1', '\"v\":2'), 'UTF8')"
    return f"UPDATE audit.event SET entry = {other} WHERE index = {index}"


RENUMBER = "UPDATE audit.event SET index = index + 1000 WHERE index > {0}; UPDATE audit.event SET index = index - 1001 WHERE index > 1000"
INSERT = """
    UPDATE audit.event SET index = index + 1000 WHERE index >= {0};
    UPDATE audit.event SET index = index - 999 WHERE index >= 1000;
    INSERT INTO audit.event
    SELECT log, {0}, gen_random_uuid(), convert_to(replace(convert_from(entry, 'UTF8'), 'steward', 'auditor'), 'UTF8'),
           leaf, seq_t, t, type, outcome, class FROM audit.event WHERE index = {0} + 1
"""
SWAP = """
    UPDATE audit.event SET index = -1 WHERE index = {0};
    UPDATE audit.event SET index = {0} WHERE index = {1};
    UPDATE audit.event SET index = {1} WHERE index = -1
"""


def test_a_good_log_verifies(found):
    findings = found(with_details=True)

    assert codes(findings) == []
    year = datetime.now(tz=UTC).year
    assert findings[-1].sizes == {year: SIZE}
    assert findings[-1].checkpoints > BATCHES
    assert json.loads(findings[0].line())["events"] == SIZE
    assert exit_code([]) == 0


class SealedMeanwhile(Fence):
    """A fence that tells of an event more whenever it is asked, as that of a running log does."""

    def __init__(self, log):
        super().__init__(log.fence)
        self.log = log

    def read(self):
        with self.log.start().sealer() as sealer:
            sealer.seal(a_disclosure())
        self.log.stop()
        return super().read()


def test_a_log_that_grows_while_it_is_verified_was_not_rolled_back(found, log, keyring):
    findings = found(trust=trusting(keyring, SealedMeanwhile(log)))

    assert codes(findings) == []


@pytest.mark.parametrize("index", [1, 7, SIZE - 1])
def test_a_changed_entry_is_named(found, database_url, index):
    tamper(database_url, entry_changed(index))

    findings = found()

    assert first(findings, Code.ENTRY_CHANGED).index == index
    assert codes(findings).count(Code.ENTRY_CHANGED) == 1
    assert exit_code(findings[:-1]) == 1


@pytest.mark.parametrize("index", [0, 7, SIZE - 1])
def test_a_removed_event_is_named(found, database_url, index):
    tamper(database_url, f"DELETE FROM audit.event WHERE index = {index}")

    findings = found()

    assert first(findings, Code.ENTRY_MISSING).index == index
    assert codes(findings).count(Code.ENTRY_MISSING) == 1


@pytest.mark.parametrize("index", [1, 7, SIZE - 2])
def test_a_removed_event_is_named_though_the_others_moved_up(found, database_url, index):
    tamper(database_url, f"DELETE FROM audit.event WHERE index = {index}", *RENUMBER.format(index).split(";"))

    findings = found()

    assert first(findings, Code.ENTRY_MISSING).index == index
    assert codes(findings).count(Code.ENTRY_MISSING) == 1
    assert Code.ORDER_CHANGED not in codes(findings)


@pytest.mark.parametrize("index", [1, 7])
def test_an_added_event_is_named_though_the_others_moved_down(found, database_url, index):
    tamper(database_url, *INSERT.format(index).split(";"))

    findings = found()

    assert first(findings, Code.ENTRY_EXTRA).index == index
    assert codes(findings).count(Code.ENTRY_EXTRA) == 1


def test_an_event_added_behind_the_last_checkpoint_is_named(found, database_url):
    columns = f"log, {SIZE}, gen_random_uuid(), entry || ' ', leaf, seq_t, t, type, outcome, class"
    tamper(database_url, f"INSERT INTO audit.event SELECT {columns} FROM audit.event WHERE index = 3")

    assert first(found(), Code.ENTRY_EXTRA).index == SIZE


@pytest.mark.parametrize(("one", "other"), [(6, 7), (2, 17)])
def test_two_swapped_events_are_named(found, database_url, one, other):
    tamper(database_url, *SWAP.format(one, other).split(";"))

    findings = found()

    moved = [finding.index for finding in findings[:-1] if finding.code is Code.ORDER_CHANGED]
    assert moved == [one, other]


@pytest.mark.parametrize(("level", "n"), [(0, 7), (1, 2), (3, 0)])
def test_a_changed_node_is_named_and_no_event_is_blamed(found, database_url, level, n):
    tamper(database_url, f"UPDATE audit.node SET hash = sha256('x') WHERE level = {level} AND n = {n}")

    findings = found()

    assert codes(findings) == [Code.NODE_CHANGED]
    assert findings[0].index == n << level


def test_a_removed_node_is_named(found, database_url):
    tamper(database_url, "DELETE FROM audit.node WHERE level = 1 AND n = 2")

    assert codes(found()) == [Code.NODE_CHANGED]


def test_a_node_too_many_is_named(found, database_url):
    tamper(database_url, "INSERT INTO audit.node SELECT log, 0, 99, hash FROM audit.node WHERE level = 0 AND n = 2")

    assert codes(found()) == [Code.NODE_CHANGED]


@pytest.mark.parametrize("index", [3, 7, 12])
def test_an_entry_changed_together_with_its_leaf_is_narrowed_down_to_its_pair(found, database_url, index):
    tamper(
        database_url,
        entry_changed(index),
        f"UPDATE audit.event SET leaf = sha256('\\x00'::bytea || entry), org = '0246246-0' WHERE index = {index}",
        f"UPDATE audit.node n SET hash = e.leaf FROM audit.event e WHERE n.level = 0 AND n.n = {index} AND e.index = {index}",
    )

    changed = first(found(), Code.ENTRY_CHANGED)

    assert (changed.index, changed.until) == (index & ~1, index | 1)


def rebuilt(database_url, owner):
    """Write every node anew from the entries, as somebody thorough would."""
    frontier = Frontier()
    statements = ["UPDATE audit.event SET leaf = sha256('\\x00'::bytea || entry)", "DELETE FROM audit.node"]
    for row in entries(owner):
        nodes = numbered(frontier.extend([leaf_hash(bytes(row.entry))]), row.index)
        statements += [("INSERT INTO audit.node VALUES (%s, %s, %s, %s)", (row.log, *node)) for node in nodes]
    tamper(database_url, *statements)
    return frontier


def test_an_entry_changed_together_with_the_whole_tree_is_narrowed_down_to_its_batch(found, database_url, owner):
    tamper(database_url, entry_changed(7), "UPDATE audit.event SET org = '0246246-0' WHERE index = 7")
    rebuilt(database_url, owner)

    findings = found()

    changed = first(findings, Code.ENTRY_CHANGED)
    assert changed.index <= 7 <= changed.until
    assert changed.until - changed.index < A_BATCH


def test_a_tree_signed_anew_with_another_key_is_not_believed(found, database_url, owner, keyring):
    tamper(database_url, entry_changed(7))
    frontier = rebuilt(database_url, owner)
    origin = read_notes(owner)[-1].note.partition("\n")[0]
    stolen = VerifierKey(origin, keyring.public_key(Use.RECEIPT))
    note = signed(
        Checkpoint(origin, SIZE, frontier.root()), stolen, lambda message: keyring.sign(Use.RECEIPT, message).signature
    )
    tamper(
        database_url,
        ("UPDATE audit.checkpoint SET note = %s, root = %s WHERE size = %s", (note, frontier.root(), SIZE)),
    )

    findings = found()

    assert first(findings, Code.UNKNOWN_KEY).index == SIZE - 1
    assert Code.ROLLED_BACK in codes(findings)


def read_notes(owner):
    with owner.read() as read:
        return read.execute(tables.checkpoint.select().order_by(tables.checkpoint.c.size)).all()


def test_a_bad_signature_is_named(found, database_url, owner):
    size = read_notes(owner)[2].size
    other = f"replace(note, chr(10) || '{size}' || chr(10), chr(10) || '{size - 1}' || chr(10))"
    tamper(database_url, f"UPDATE audit.checkpoint SET note = {other} WHERE size = {size}")

    findings = found()

    assert codes(findings) == [Code.SIGNATURE_BAD]
    assert findings[0].index == size - 1


def test_a_root_that_is_not_the_note_s_is_named(found, database_url, owner):
    size = read_notes(owner)[2].size
    tamper(database_url, ("UPDATE audit.checkpoint SET root = %s WHERE size = %s", (EMPTY_ROOT, size)))

    assert codes(found()) == [Code.COLUMN_DIFFERS]


def cut(size):
    return (
        f"DELETE FROM audit.event WHERE index >= {size}",
        f"DELETE FROM audit.node WHERE (n + 1) << level > {size}",
        f"DELETE FROM audit.checkpoint WHERE size > {size}",
        "DELETE FROM audit.person_head",
        (
            "INSERT INTO audit.person_head SELECT DISTINCT ON (person) log, person, person_n, leaf"
            " FROM audit.event WHERE person IS NOT NULL ORDER BY person, person_n DESC"
        ),
    )


def test_a_tail_cut_with_its_checkpoints_is_found_by_the_fence_alone(found, database_url, owner):
    tamper(database_url, *cut(read_notes(owner)[-2].size))

    assert codes(found()) == [Code.ROLLED_BACK]
    assert codes(found(fence=False)) == []


def test_a_database_without_the_announced_log_is_rolled_back(found, database_url):
    tamper(database_url, *cut(0))

    assert codes(found()) == [Code.ROLLED_BACK]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("org", "'0246246-0'"),
        ("org", "NULL"),
        ("type", "'heartbeat'"),
        ("actor_user", "'\\x00'"),
        ("person_n", "99"),
        ("seq_t", "seq_t + interval '1 microsecond'"),
        ("t", "t - interval '1 day'"),
        ("categories", "ARRAY['te.palvelut']"),
        ("reasons", "ARRAY['consent']"),
        ("decision_id", "gen_random_uuid()"),
        ("purpose", "'TYM-381-2023'"),
        ("leaf", "sha256('x')"),
    ],
)
def test_a_column_that_is_not_what_the_entry_says_is_named(found, database_url, column, value):
    tamper(database_url, f"UPDATE audit.event SET {column} = {value} WHERE index = 5")

    differs = first(found(), Code.COLUMN_DIFFERS)

    assert differs.index == 5
    assert f"The column {column} " in differs.sentence


def test_an_event_dropped_from_a_person_s_list_leaves_a_gap(found, database_url):
    tamper(database_url, "UPDATE audit.event SET person = NULL, person_n = NULL WHERE index = 3")

    findings = found()

    assert first(findings, Code.PERSON_GAP).index == 4


def test_a_head_that_hides_a_person_s_newest_event_is_named(found, database_url):
    tamper(database_url, "UPDATE audit.person_head SET n = n - 1")

    assert set(codes(found())) == {Code.PERSON_GAP}


def test_a_changed_detail_is_named_when_details_are_asked_for(found, database_url):
    tamper(
        database_url,
        "UPDATE audit.detail d SET box = set_byte(box, 3, 255 - get_byte(box, 3))"
        " FROM audit.event e WHERE e.id = d.event_id AND e.index = 5",
    )

    findings = found(with_details=True)

    assert codes(findings) == [Code.DETAIL_CHANGED]
    assert findings[0].index == 5
    assert codes(found()) == []


def test_a_detail_of_another_event_is_no_detail_of_this_one(found, database_url):
    tamper(
        database_url,
        "UPDATE audit.detail d SET box = o.box, nonce = o.nonce FROM audit.event e, audit.event f, audit.detail o"
        " WHERE e.id = d.event_id AND e.index = 2 AND f.index = 3 AND o.event_id = f.id",
    )

    assert codes(found(with_details=True)) == [Code.DETAIL_CHANGED]


def test_erased_details_are_erased_and_not_wrong(found, database_url):
    tamper(database_url, "DELETE FROM audit.detail_key")

    assert codes(found(with_details=True)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit.event DISABLE TRIGGER append_only",
        "ALTER TABLE audit.node ENABLE TRIGGER append_only",
        "DROP TRIGGER append_only ON audit.checkpoint",
        "GRANT UPDATE ON audit.event TO luukku_web",
        "GRANT DELETE ON audit.decision TO PUBLIC",
        "CREATE OR REPLACE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        (
            "DROP TRIGGER append_only ON audit.event;"
            "CREATE TRIGGER append_only BEFORE UPDATE ON audit.event FOR EACH ROW EXECUTE FUNCTION audit.refuse()"
        ),
    ],
)
def test_an_altered_guard_is_named(found, database_url, statement):
    with connected(database_url) as connection:
        connection.exec_driver_sql(statement)

    assert set(codes(found())) == {Code.GUARD_MISSING}


def test_an_entry_that_is_no_json_any_more_is_named_all_the_same(found, database_url):
    tamper(database_url, "UPDATE audit.event SET entry = '\\xff00' WHERE index = 5")

    findings = found()

    assert first(findings, Code.ENTRY_CHANGED).index == 5


def test_without_a_trusted_key_the_answer_is_that_something_could_not_be_checked(found, log):
    findings = found(trust=Trust())

    assert codes(findings) == [Code.KEY_MISSING]
    assert exit_code(findings[:-1]) == 3


def test_times_that_run_backwards_are_named(found, log, monkeypatch):
    monkeypatch.setattr("audit.entry.moment", lambda at: "2020-01-01T00:00:00.000000Z")
    log.start()
    with log.sealer() as sealer:
        sealer.seal(a_disclosure())
    log.stop()

    assert first(found(), Code.CLOCK_BACKWARD).index == SIZE


def test_two_years_hang_together_and_a_cut_between_them_is_found(
    database_url, keyring, verifier_login, owner, monkeypatch
):
    moments = iter([datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)] * 3)
    monkeypatch.setattr("audit.sequencer.now", lambda: next(moments, datetime(2027, 1, 1, tzinfo=UTC)))
    monkeypatch.setattr("audit.sequencer.MOST_OFF", timedelta.max)
    with a_log(database_url, keyring) as log:
        log.start()
        with log.sealer() as sealer:
            sealer.seal(a_disclosure())
            sealer.seal(a_disclosure())
        log.stop()
        trust = trusting(keyring, Fence(log.fence))

        whole = list(verify_database(verifier_login, trust))
        closed = max(row.size for row in read_notes(owner) if row.log == 2026)
        tamper(
            database_url,
            f"DELETE FROM audit.event WHERE log = 2026 AND index = {closed - 1}",
            f"DELETE FROM audit.node WHERE log = 2026 AND (n + 1) << level > {closed - 1}",
            f"DELETE FROM audit.checkpoint WHERE log = 2026 AND size = {closed}",
        )
        shorter = list(verify_database(verifier_login, trust))

    assert codes(whole) == []
    assert set(whole[-1].sizes) == {2026, 2027}
    assert Code.ROLLED_BACK in codes(shorter)


def test_a_copied_fence_file_is_read_from_either_slot(found, log, tmp_path):
    shutil.copy(log.fence, tmp_path / "fence")

    assert len(Fence(tmp_path / "fence").read()) == 2
