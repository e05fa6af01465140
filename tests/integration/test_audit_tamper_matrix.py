"""The tamper matrix (ACCESS-LOG 7): each thing that can be altered, altered once; each time it is found and named."""

import shutil
from contextlib import ExitStack
from types import SimpleNamespace

import pytest

from audit import tables
from audit.checkpoint import Checkpoint, VerifierKey, parted, signed
from audit.cosignature import WitnessKey, cosigned
from audit.events import EventType, RunRef
from audit.fence import Fence
from audit.log import record_all
from audit.tree import Frontier, leaf_hash, numbered
from audit.verify import Finding, Summary, Trust, exit_code, trusting, verify_database
from db.engine import Database, Login
from db.ids import uuid7
from db.keys import Key, Keyring, State, Use
from db.server import connected
from tests.logs import AT, a_disclosure, a_log, an_event, entries
from tests.tampering import tamper

BATCHES = 3
A_BATCH = 7
SIZE = 1 + BATCHES * A_BATCH
A_RUN = RunRef(dag="publish", run="manual__2026-06-01", task="refresh", attempt=1)
EVENT = 7
"""A disclosure stands there: all its columns have a value."""


@pytest.fixture(scope="module")
def made(copies, keyring, tmp_path_factory):
    """A log of 22 events in three batches, a copy of yesterday's database, and the fence."""
    fence = tmp_path_factory.mktemp("matrix") / "fence"
    with ExitStack() as stack:
        url = stack.enter_context(copies())
        log = stack.enter_context(a_log(url, keyring))
        for _ in range(BATCHES - 1):
            a_batch(log, url, keyring)
        yesterday = stack.enter_context(copies(name_of(url)))
        a_batch(log, url, keyring)
        shutil.copy(log.fence, fence)
        yield SimpleNamespace(url=url, fence=fence, yesterday=yesterday)


def a_batch(log, url, keyring):
    with Database(url, Login.WEB, keyring) as web, web.transaction() as tx:
        record_all(tx, [an_event(type=EventType.LOG_READ, ref=uuid7(AT)) for _ in range(A_BATCH - 1)])
    log.start()
    with log.sealer() as sealer:
        sealer.seal(a_disclosure(ref=uuid7(AT), run=A_RUN, controllers=("0166906-4", "2246246-0")))
    log.stop()


def name_of(url):
    return url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def copy(made, copies):
    """A database of this test alone."""
    with copies(name_of(made.url)) as url:
        yield url


@pytest.fixture
def found(made, keyring):
    def verify(url, keys=keyring):
        with Database(url, Login.VERIFIER, keyring) as database:
            lines = list(verify_database(database, trusting(keys, Fence(made.fence)), with_details=True))
        return {(str(line.code), line.index) for line in lines if not isinstance(line, Summary)}

    return verify


def test_the_log_of_the_matrix_is_good(made, found):
    assert found(made.url) == set()


def test_what_the_swift_pass_refuses_is_not_passed_over_in_silence_though_nothing_else_is_found(
    made, found, monkeypatch
):
    monkeypatch.setattr("audit.verify.database.good_checkpoints", lambda *_: None)

    assert found(made.url) == {("unexplained", None)}


COLUMNS = {
    "log": "log + 1",
    "index": "index + 1000",
    "id": "gen_random_uuid()",
    "entry": "convert_to(replace(convert_from(entry, 'UTF8'), '\"v\":1', '\"v\":2'), 'UTF8')",
    "leaf": "sha256('x')",
    "seq_t": "seq_t + interval '1 microsecond'",
    "t": "t - interval '1 microsecond'",
    "type": "'heartbeat'",
    "outcome": "'error'",
    "class": "'hidden'",
    "org": "'0246246-0'",
    "system": "'other'",
    "actor_user": "sha256('x')",
    "role": "'auditor'",
    "person": "substring(sha256('x') FOR 16)",
    "person_n": "person_n + 100",
    "purpose": "'TYM-381-2023'",
    "categories": "ARRAY['te.palvelut']",
    "reasons": "ARRAY['statute']",
    "decision_id": "gen_random_uuid()",
    "ref": "gen_random_uuid()",
    "request_case": "substring(sha256('x') FOR 16)",
    "dag": "'pull_te'",
    "run": "NULL",
    "controllers": "controllers - 1",
}
MOVED = {"log": "entry_missing", "index": "order_changed", "entry": "entry_changed"}


def test_the_matrix_has_every_column_of_an_event():
    assert set(COLUMNS) == {column.name for column in tables.event.c}


ANOTHER_LETTER = "CASE left(right(note, 3), 1) WHEN 'A' THEN 'Q' ELSE 'A' END"
"""Of a signature, in the place of its last letter: whichever that is, the bytes are others."""


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("index", [EVENT, SIZE - 1])
def test_a_column(found, copy, column, index):
    tamper(copy, f"UPDATE audit.event SET {column} = {COLUMNS[column]} WHERE index = {index}")

    assert (MOVED.get(column, "column_differs"), index) in found(copy)


NODES = [(level, n) for level in range(SIZE.bit_length()) for n in range(SIZE >> level)]


@pytest.mark.parametrize(("level", "n"), NODES)
def test_a_node(found, copy, level, n):
    tamper(copy, f"UPDATE audit.node SET hash = sha256('x') WHERE level = {level} AND n = {n}")

    assert found(copy) == {("node_changed", n << level)}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit.node WHERE level = 1 AND n = 2",
        "INSERT INTO audit.node SELECT log, 0, 99, hash FROM audit.node WHERE level = 0 AND n = 2",
        "INSERT INTO audit.node SELECT log, 9, 0, hash FROM audit.node WHERE level = 0 AND n = 2",
        "INSERT INTO audit.node SELECT log, 0, -1, hash FROM audit.node WHERE level = 0 AND n = 2",
    ],
    ids=["missing", "beyond the log", "above the tree", "before the log"],
)
def test_a_node_missing_or_too_many(found, copy, statement):
    tamper(copy, statement)

    assert {code for code, _ in found(copy)} == {"node_changed"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("root = sha256('x')", "column_differs"),
        ("size = size + 1", "column_differs"),
        ("note = replace(note, '/audit/', '/other/')", "unknown_key"),
        (f"note = overlay(note placing {ANOTHER_LETTER} from length(note) - 2)", "signature_bad"),
        ("signed_at = signed_at - interval '1 day'", "clock_backward"),
        ("signed_at = signed_at + interval '1 microsecond'", "column_differs"),
        ("log = log + 1", "rolled_back"),
    ],
)
def test_a_checkpoint(found, copy, change, named):
    tamper(copy, f"UPDATE audit.checkpoint SET {change} WHERE size = (SELECT max(size) FROM audit.checkpoint)")

    assert named in {code for code, _ in found(copy)}


def test_the_matrix_has_every_column_of_a_checkpoint():
    assert {column.name for column in tables.checkpoint.c} == {"log", "size", "root", "note", "signed_at"}


@pytest.mark.parametrize("batch", range(1, BATCHES))
def test_a_checkpoint_taken_out_between_others(found, copy, batch):
    size = 1 + batch * A_BATCH

    tamper(copy, f"DELETE FROM audit.checkpoint WHERE size = {size}")

    assert ("checkpoint_missing", size - 1) in found(copy)


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["DELETE FROM audit.event WHERE index = 9"], ("entry_missing", 9)),
        (
            [
                "DELETE FROM audit.event WHERE index = 9",
                "UPDATE audit.event SET index = index + 1000 WHERE index > 9",
                "UPDATE audit.event SET index = index - 1001 WHERE index > 1000",
            ],
            ("entry_missing", 9),
        ),
        (
            [
                (
                    f"INSERT INTO audit.event SELECT log, {SIZE}, gen_random_uuid(), entry || ' ', leaf, seq_t, t, type, outcome,"
                    " class FROM audit.event WHERE index = 3"
                )
            ],
            ("entry_extra", SIZE),
        ),
        (
            [
                "UPDATE audit.event SET index = -1 WHERE index = 4",
                "UPDATE audit.event SET index = 4 WHERE index = 15",
                "UPDATE audit.event SET index = 15 WHERE index = -1",
            ],
            ("order_changed", 4),
        ),
        (["UPDATE audit.event SET person = NULL, person_n = NULL WHERE index = 10"], ("person_gap", 11)),
        (["UPDATE audit.person_head SET n = n - 1, leaf = sha256('x')"], ("person_gap", 0)),
        (
            [
                (
                    "UPDATE audit.detail SET box = set_byte(box, 3, 255 - get_byte(box, 3))"
                    " WHERE event_id = (SELECT id FROM audit.event WHERE index = 9)"
                )
            ],
            ("detail_changed", 9),
        ),
        (
            ["DELETE FROM audit.detail WHERE event_id = (SELECT id FROM audit.event WHERE index = 9)"],
            ("detail_missing", 9),
        ),
        (["GRANT UPDATE ON audit.event TO luukku_web"], ("guard_missing", None)),
        (["DELETE FROM audit.event WHERE index < 9"], ("partition_missing", 0)),
        (
            [
                (
                    "INSERT INTO audit.event SELECT log, -1, gen_random_uuid(), entry, leaf, seq_t, t, type, outcome, class"
                    " FROM audit.event WHERE index = 3"
                )
            ],
            ("entry_extra", 0),
        ),
        (
            ["INSERT INTO audit.checkpoint SELECT log, -1, root, note, signed_at FROM audit.checkpoint LIMIT 1"],
            ("forked", 0),
        ),
        (
            [
                "UPDATE audit.event SET index = index + 1000 WHERE index >= 9",
                "UPDATE audit.event SET index = index - 999 WHERE index >= 1000",
                (
                    "INSERT INTO audit.event SELECT log, 9, gen_random_uuid(), entry || ' ', leaf, seq_t, t, type, outcome,"
                    " class FROM audit.event WHERE index = 3"
                ),
            ],
            ("entry_extra", 9),
        ),
    ],
    ids=[
        "gap",
        "gap closed up",
        "extra",
        "order",
        "a person's list",
        "a person's head",
        "detail",
        "no detail",
        "guard",
        "partition",
        "extra before the log",
        "checkpoint before the log",
        "extra in the middle",
    ],
)
def test_a_row(found, copy, statements, named):
    tamper(copy, *statements)

    assert named[0] in {code for code, _ in found(copy)}
    assert named in found(copy) or named[1] == 0


CUT = (
    f"DELETE FROM audit.event WHERE index >= {SIZE - A_BATCH}",
    f"DELETE FROM audit.node WHERE (n + 1) << level > {SIZE - A_BATCH}",
    f"DELETE FROM audit.checkpoint WHERE size > {SIZE - A_BATCH}",
)
"""The last batch, and all that tells of it but the heads of its persons."""


def test_a_tail_cut_together_with_its_checkpoints(found, copy):
    tamper(copy, *CUT)

    assert ("rolled_back", SIZE - 1) in found(copy)


@pytest.mark.parametrize("guard", ["event DISABLE TRIGGER append_only", "appended DISABLE TRIGGER until_sealed"])
def test_a_trigger_switched_off(found, copy, guard):
    with connected(copy) as connection:
        connection.exec_driver_sql(f"ALTER TABLE audit.{guard}")

    assert found(copy) == {("guard_missing", None)}


def test_yesterday_s_database(made, found):
    assert ("rolled_back", SIZE - 1) in found(made.yesterday)


def rewritten(url, keyring, key_id=None, change=EVENT):
    """Change an entry, make the tree anew, and sign every checkpoint again, as somebody with a key would."""
    sign = tables.checkpoint.c.size
    with Database(url, Login.OWNER, keyring) as owner:
        changed = COLUMNS["entry"]
        tamper(
            url,
            f"UPDATE audit.event SET entry = {changed}, leaf = sha256('\\x00'::bytea || {changed}) WHERE index = {change}",
        )
        with owner.read() as read:
            notes = read.execute(tables.checkpoint.select().order_by(sign)).all()
        rows, frontier, statements = entries(owner), Frontier(), ["DELETE FROM audit.node"]
        for note in notes:
            for row in rows[frontier.size : note.size]:
                nodes = numbered(frontier.extend([leaf_hash(bytes(row.entry))]), row.index)
                statements += [("INSERT INTO audit.node VALUES (%s, %s, %s, %s)", (row.log, *node)) for node in nodes]
            origin = note.note.partition("\n")[0]
            key = VerifierKey(origin, keyring.public_key(Use.CHECKPOINT, key_id))
            text = signed(
                Checkpoint(origin, note.size, frontier.root()),
                key,
                lambda message: keyring.sign(Use.CHECKPOINT, message, key_id=key_id).signature,
            )
            statements.append(
                ("UPDATE audit.checkpoint SET note = %s, root = %s WHERE size = %s", (text, frontier.root(), note.size))
            )
    tamper(url, *statements)


def a_ring(state):
    return Key("checkpoint-other", Use.CHECKPOINT, state, AT, bytes(range(32)))


def test_a_history_signed_anew_with_a_key_that_nobody_trusts(found, copy, keyring):
    thief = Keyring([a_ring(State.CURRENT)], development=True)

    rewritten(copy, thief)

    assert {"unknown_key", "rolled_back"} <= {code for code, _ in found(copy)}


def test_a_history_signed_anew_with_an_old_key_that_is_still_trusted(found, copy, keyring):
    rewritten(copy, keyring)

    assert "rolled_back" in {code for code, _ in found(copy)}


OLD_KEY = Keyring([a_ring(State.CURRENT)], development=True)
"""The key that signed the log before the one of now; it is still trusted, for what it signed."""


@pytest.fixture
def seen(made, keyring):
    """What verification finds without the fence, of what a witness saw before; the old key is trusted."""
    witness = WitnessKey("savonlinna.example", keyring.public_key(Use.RECEIPT))
    with Database(made.url, Login.OWNER, keyring) as owner, owner.read() as read:
        note = max(read.execute(tables.checkpoint.select()), key=lambda row: row.size).note
    line = cosigned(
        Checkpoint.parse(parted(note)[0]), witness, lambda text: keyring.sign(Use.RECEIPT, text).signature, AT
    )
    keys = tuple(ring.public_key(Use.CHECKPOINT) for ring in (keyring, OLD_KEY))
    trust = Trust(keys, witnessed=(note + line,), witnesses=(witness,))

    def verify(url):
        with Database(url, Login.VERIFIER, keyring) as database:
            return {
                (str(line.code), line.index) for line in verify_database(database, trust) if isinstance(line, Finding)
            }

    return verify


def test_what_a_witness_saw_is_in_the_log(made, seen):
    assert seen(made.url) == set()


def test_a_history_signed_anew_with_an_old_key_is_not_what_a_witness_saw_though_its_fence_is_forged_too(seen, copy):
    rewritten(copy, OLD_KEY)

    assert ("witness_disagrees", SIZE - 1) in seen(copy)


def test_a_tail_cut_is_missed_by_what_a_witness_saw_though_its_fence_is_cut_too(seen, copy):
    tamper(copy, *CUT)

    assert ("rolled_back", SIZE - 1) in seen(copy)


def test_yesterday_s_database_is_behind_what_a_witness_saw_though_its_fence_is_of_yesterday_too(made, seen):
    assert seen(made.yesterday) == {("rolled_back", SIZE - 1)}


WITNESS = "savonlinna.example"
NEWEST = "WHERE size = (SELECT max(size) FROM audit.cosignature)"


@pytest.fixture
def witnessed(copy, keyring):
    """The log with a line of a witness under each of its checkpoints, and what verification finds by that witness's key."""
    key = WitnessKey(WITNESS, keyring.public_key(Use.RECEIPT))
    with Database(copy, Login.OWNER, keyring) as owner, owner.read() as read:
        notes = read.execute(tables.checkpoint.select()).all()
    insert = "INSERT INTO audit.cosignature VALUES (%s, %s, %s, %s, %s)"
    tamper(copy, *((insert, (row.log, row.size, WITNESS, a_line(row.note, key, keyring), AT)) for row in notes))

    def verify(witnesses=(key,)):
        with Database(copy, Login.VERIFIER, keyring) as database:
            trust = trusting(keyring, None, witnesses=witnesses)
            return [line for line in verify_database(database, trust) if isinstance(line, Finding)]

    return verify


def a_line(note, key, keyring):
    checkpoint = Checkpoint.parse(parted(note)[0])
    return cosigned(checkpoint, key, lambda text: keyring.sign(Use.RECEIPT, text).signature, AT)


def test_a_witness_s_good_lines_are_good(witnessed):
    assert witnessed() == []


OTHER_SIZE = f"(SELECT min(size) FROM audit.cosignature WHERE size > {1 + A_BATCH})"
LINES = {
    "altered": ("line = overlay(line placing CASE substring(line FROM 60 FOR 1) WHEN 'A' THEN 'Q' ELSE 'A' END from 60)", "signature_bad"),
    "malformed": ("line = replace(line, ' ', '')", "signature_bad"),
    "of another checkpoint": (f"line = (SELECT line FROM audit.cosignature WHERE size = {OTHER_SIZE})", "signature_bad"),
    "beside another witness": ("witness = 'mikkeli.example'", "column_differs"),
    "of an unknown witness": (f"witness = 'x.example', line = replace(line, '{WITNESS}', 'x.example')", "key_missing"),
    "of another size": ("size = size + 1", "checkpoint_missing"),
    "of another log": ("log = log + 1", "checkpoint_missing"),
}  # fmt: skip


def test_the_matrix_has_every_column_of_a_cosignature():
    """But for when it came, which nobody signed."""
    columns = {column.name for column in tables.cosignature.c} - {"received_at"}

    assert columns == {change.partition(" =")[0] for change, _ in LINES.values()}


@pytest.mark.parametrize("what", LINES)
def test_a_witness_s_line(witnessed, copy, what):
    change, named = LINES[what]

    tamper(copy, f"UPDATE audit.cosignature SET {change} {NEWEST}")

    assert [str(finding.code) for finding in witnessed()] == [named]


def test_a_witness_s_line_by_a_key_that_is_not_its_own(witnessed, copy, keyring):
    other = WitnessKey(WITNESS, keyring.public_key(Use.EXPORT))

    found = witnessed([other])

    assert {str(finding.code) for finding in found} == {"unknown_key"}
    assert SIZE - 1 in {finding.index for finding in found}


def test_lines_of_a_witness_whose_key_is_missing_are_said_once_to_be_unchecked(witnessed):
    found = witnessed(())

    assert [str(finding.code) for finding in found] == ["key_missing"]
    assert exit_code(found) == 3


def test_the_newest_checkpoint_is_missed_by_what_a_witness_cosigned_of_it(witnessed, copy):
    tamper(copy, f"DELETE FROM audit.checkpoint WHERE size = {SIZE}")

    assert ("checkpoint_missing", SIZE - 1) in {(str(finding.code), finding.index) for finding in witnessed()}


def test_two_histories_of_one_size(found, copy, keyring):
    other = Frontier()
    other.extend([bytes(32)] * SIZE)
    with Database(copy, Login.OWNER, keyring) as owner, owner.read() as read:
        origin = read.execute(tables.checkpoint.select()).first().note.partition("\n")[0]
    key = VerifierKey(origin, keyring.public_key(Use.CHECKPOINT))
    text = signed(
        Checkpoint(origin, SIZE, other.root()), key, lambda message: keyring.sign(Use.CHECKPOINT, message).signature
    )
    tamper(
        copy,
        "ALTER TABLE audit.checkpoint DROP CONSTRAINT checkpoint_pkey",
        (
            "INSERT INTO audit.checkpoint SELECT log, size, %s, %s, signed_at FROM audit.checkpoint WHERE size = %s",
            (other.root(), text, SIZE),
        ),
    )

    assert ("forked", SIZE - 1) in found(copy)
