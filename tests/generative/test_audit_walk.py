"""The walk over a copy in memory: any single act of tampering is found, and the first event is named."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint, SignedNote, VerifierKey, signed
from audit.tree import Frontier, leaf_hash, numbered
from audit.verify import Code, exit_code, verify_log
from db.keys import Keyring, Use

KEYRING = Keyring.for_tests()
ORIGIN = "luukku.example/audit/2026"
KEY = VerifierKey(ORIGIN, KEYRING.public_key(Use.CHECKPOINT))
TIME = '"seq_t":"2026-06-01T09:00:00.000000Z"'
SIGNED_AT = datetime(2026, 6, 1, tzinfo=UTC)


def added(frontier, entry):
    """Add an entry; return what it completes, by place."""
    size = frontier.size
    nodes = numbered(frontier.extend([leaf_hash(entry)]), size)
    return {(node.level, node.n): node.hash for node in nodes}


class Copy:
    """A log in memory: entries and nodes by number, notes in order."""

    year = 2026

    def __init__(self, batches):
        frontier, self.by_index, self.by_place, self.signed = Frontier(), {}, {}, []
        for batch in batches:
            for _ in range(batch):
                entry = f'{{"n":{frontier.size},{TIME}}}'.encode()
                self.by_index[frontier.size] = entry
                self.by_place |= added(frontier, entry)
            self.signed.append(self.note(frontier))
        self.size = frontier.size

    @staticmethod
    def note(frontier):
        checkpoint = Checkpoint(ORIGIN, frontier.size, frontier.root())
        note = signed(checkpoint, KEY, lambda message: KEYRING.sign(Use.CHECKPOINT, message).signature)
        return SignedNote(checkpoint.size, checkpoint.root, note, SIGNED_AT)

    def entries(self):
        return iter(sorted(self.by_index.items()))

    def nodes(self, level):
        return iter(sorted((n, hash_) for (found, n), hash_ in self.by_place.items() if found == level))

    def notes(self):
        return iter(self.signed)


def found(copy, **given):
    return verify_log(copy, [KEY], **given).findings


batches = st.lists(st.integers(1, 9), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(batches)
def test_an_untouched_log_verifies_to_its_last_checkpoint(sizes):
    copy = Copy(sizes)

    verdict = verify_log(copy, [KEY])

    assert (verdict.findings, verdict.size, verdict.checkpoints) == ([], copy.size, len(sizes))
    assert exit_code(verdict.findings) == 0


@settings(max_examples=60, deadline=None)
@given(batches, st.data())
def test_a_changed_entry_is_found_and_named(sizes, data):
    copy = Copy(sizes)
    index = data.draw(st.integers(0, copy.size - 1))
    copy.by_index[index] += b" "

    findings = found(copy)

    assert [(finding.code, finding.index) for finding in findings] == [(Code.ENTRY_CHANGED, index)]


@settings(max_examples=60, deadline=None)
@given(batches, st.data())
def test_a_removed_entry_is_found_and_named(sizes, data):
    copy = Copy(sizes)
    index = data.draw(st.integers(0, copy.size - 1))
    del copy.by_index[index]

    assert [(finding.code, finding.index) for finding in found(copy)] == [(Code.ENTRY_MISSING, index)]


@settings(max_examples=60, deadline=None)
@given(batches, st.data())
def test_a_removed_entry_is_named_though_all_later_ones_moved_up(sizes, data):
    copy = Copy(sizes)
    index = data.draw(st.integers(0, copy.size - 1))
    entries = [entry for n, entry in sorted(copy.by_index.items()) if n != index]
    copy.by_index = dict(enumerate(entries))

    assert [(finding.code, finding.index) for finding in found(copy)] == [(Code.ENTRY_MISSING, index)]


@settings(max_examples=60, deadline=None)
@given(batches, st.data())
def test_an_added_entry_is_named_though_all_later_ones_moved_down(sizes, data):
    copy = Copy(sizes)
    index = data.draw(st.integers(0, copy.size))
    entries = [entry for _, entry in sorted(copy.by_index.items())]
    copy.by_index = dict(enumerate([*entries[:index], b'{"new":1}', *entries[index:]]))

    assert [(finding.code, finding.index) for finding in found(copy)] == [(Code.ENTRY_EXTRA, index)]


@settings(max_examples=60, deadline=None)
@given(batches.filter(lambda sizes: sum(sizes) > 1), st.data())
def test_two_swapped_entries_are_named(sizes, data):
    copy = Copy(sizes)
    one = data.draw(st.integers(0, copy.size - 2))
    other = data.draw(st.integers(one + 1, copy.size - 1))
    copy.by_index[one], copy.by_index[other] = copy.by_index[other], copy.by_index[one]

    findings = found(copy)

    assert [(finding.code, finding.index) for finding in findings] == [
        (Code.ORDER_CHANGED, one),
        (Code.ORDER_CHANGED, other),
    ]


@settings(max_examples=60, deadline=None)
@given(batches, st.data())
def test_a_changed_node_is_named_and_no_entry_is_blamed(sizes, data):
    copy = Copy(sizes)
    level, n = data.draw(st.sampled_from(sorted(copy.by_place)))
    copy.by_place[level, n] = bytes(32)

    findings = found(copy)

    assert [(finding.code, finding.index) for finding in findings] == [(Code.NODE_CHANGED, n << level)]


@settings(max_examples=60, deadline=None)
@given(batches, st.data())
def test_an_entry_changed_with_every_node_above_it_is_narrowed_down_to_its_batch(sizes, data):
    copy = Copy(sizes)
    batch = data.draw(st.integers(0, len(sizes) - 1))
    start, end = sum(sizes[:batch]), sum(sizes[: batch + 1])
    index = data.draw(st.integers(start, end - 1))
    copy.by_index[index] += b" "
    frontier = Frontier()
    for entry in (entry for _, entry in sorted(copy.by_index.items())):
        copy.by_place |= added(frontier, entry)

    findings = found(copy)

    assert [finding.code for finding in findings] == [Code.ENTRY_CHANGED]
    assert (findings[0].index, findings[0].until or findings[0].index) == (start, end - 1)


@settings(max_examples=60, deadline=None)
@given(batches, st.data())
def test_a_cut_tail_verifies_in_itself_and_the_fence_tells(sizes, data):
    copy = Copy(sizes)
    announced = Checkpoint(ORIGIN, copy.size, copy.signed[-1].root)
    keep = data.draw(st.integers(0, len(sizes) - 1))
    shorter = Copy(sizes[:keep])

    assert found(shorter) == []
    assert [finding.code for finding in found(shorter, announced=announced)] == [Code.ROLLED_BACK]


def test_a_time_before_the_one_below_it_is_named():
    copy = Copy([2])
    late = Copy([3])
    late.by_index[1] = late.by_index[1].replace(b"T09", b"T10")
    frontier, late.by_place = Frontier(), {}
    for _, entry in sorted(late.by_index.items()):
        late.by_place |= added(frontier, entry)
    late.signed = [Copy.note(frontier)]

    assert found(copy) == []
    assert [(finding.code, finding.index) for finding in found(late)] == [(Code.CLOCK_BACKWARD, 2)]


def test_two_checkpoints_of_one_size_with_other_roots_are_a_fork():
    copy = Copy([2])
    frontier = Frontier()
    frontier.extend([bytes(32), bytes(32)])
    copy.signed.append(Copy.note(frontier))

    assert [finding.code for finding in found(copy)] == [Code.FORKED]


def test_a_checkpoint_signed_before_the_one_below_it_is_named():
    copy = Copy([2, 2])
    late = copy.signed[0]
    copy.signed[0] = SignedNote(late.size, late.root, late.note, datetime(2026, 7, 1, tzinfo=UTC))

    assert [finding.code for finding in found(copy)] == [Code.CLOCK_BACKWARD]


def test_what_only_a_stranger_signed_is_no_checkpoint():
    copy = Copy([3])
    stranger = [VerifierKey(ORIGIN, KEYRING.public_key(Use.RECEIPT))]

    codes = [finding.code for finding in verify_log(copy, stranger).findings]

    assert codes[0] is Code.ENTRY_EXTRA
    assert Code.UNKNOWN_KEY in codes
