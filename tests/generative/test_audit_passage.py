"""The swift pass and the walk are of one mind: whatever byte of a log's files is altered, the one refuses where the other names."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import tiles
from audit.admission import admitted
from audit.checkpoint import Checkpoint, VerifierKey, origin_of, signed
from audit.envelope import enclose
from audit.errors import BadNote, BadTiles
from audit.numbering import Book, enter, grow
from audit.tiles import TilesCopy
from audit.tree import Frontier, Place, leaf_hash
from audit.verify.folder import TilesPart, person_gaps
from audit.verify.passage import Passage, Unfit, joined
from audit.verify.walk import verify_log
from db.ids import uuid7
from db.keys import Keyring, Use
from tests.logs import PERSON, an_event

KEYRING = Keyring.for_tests()
ORIGIN = origin_of("luukku.example", 2026)
KEY = VerifierKey(ORIGIN, KEYRING.public_key(Use.CHECKPOINT))
AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
SIZE = 300
SEAM = 256


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The files of a log of 300 events about three persons."""
    persons = [PERSON, uuid7(AT), uuid7(AT)]
    bodies = [admitted(enclose(an_event(person_id=persons[n % 3]), KEYRING).body) for n in range(SIZE)]
    rows, _ = enter({}, bodies, AT)
    grown = grow(Book(2026, ORIGIN, "", Frontier(), AT), rows, AT)
    note = signed(grown.book.checkpoint, KEY, lambda text: KEYRING.sign(Use.CHECKPOINT, text).signature)
    folder = tmp_path_factory.mktemp("whole")
    tiles.write(folder, [row.entry for row in rows], note)
    return folder


def passes(folder):
    copy = TilesCopy.of(folder)
    try:
        began = [copy.node_at(Place(8, 0))]
        parts = [
            Passage(TilesPart(copy), [KEY], 0, []).over(SEAM),
            Passage(TilesPart(copy), [KEY], SEAM, began).over(SIZE),
        ]
        joined(parts)
    except (Unfit, BadTiles):
        return False
    return True


def named(folder):
    copy = TilesCopy.of(folder)
    return [*verify_log(copy, [KEY]).findings, *person_gaps(copy)]


def test_the_whole_log_passes_and_nothing_is_named(whole):
    assert passes(whole)
    assert named(whole) == []


def signed_anew(folder, entries):
    """Write a log of these entries, its tree and its signature in order."""
    frontier = Frontier()
    frontier.extend([leaf_hash(entry) for entry in entries])
    checkpoint = Checkpoint(ORIGIN, len(entries), frontier.root())
    tiles.write(folder, entries, signed(checkpoint, KEY, lambda text: KEYRING.sign(Use.CHECKPOINT, text).signature))


def pass_of(folder):
    return Passage(TilesPart(TilesCopy.of(folder)), [KEY], 0, []).over


def test_an_event_left_out_before_the_tree_was_made_is_refused_and_named_as_a_gap_of_its_person(whole, tmp_path):
    entries = [entry for _, entry in TilesCopy.of(whole).entries()]
    signed_anew(tmp_path, entries[:10] + entries[11:])

    with pytest.raises(Unfit):
        pass_of(tmp_path)(SIZE - 1)
    assert [(str(finding.code), finding.index) for finding in named(tmp_path)] == [("person_gap", 12)]


def test_a_time_before_the_one_below_it_is_refused_and_named(whole, tmp_path):
    entries = [entry for _, entry in TilesCopy.of(whole).entries()]
    late = [entry.replace(b'"seq_t":"2026', b'"seq_t":"2027') for entry in entries[:3]]
    signed_anew(tmp_path, [*late, *entries[3:SEAM]])

    with pytest.raises(Unfit):
        pass_of(tmp_path)(SEAM)
    assert "clock_backward" in {str(finding.code) for finding in named(tmp_path)}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_altered_or_missing_byte_is_refused_and_named(whole, data):
    names = sorted(str(path.relative_to(whole)) for path in whole.rglob("*") if path.is_file())
    name = data.draw(st.sampled_from(names))
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "log"
        shutil.copytree(whole, folder)
        content = bytearray((folder / name).read_bytes())
        place = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[place] ^= data.draw(st.integers(1, 255))
        else:
            del content[place:]
        (folder / name).write_bytes(content)
        tiles._content.cache_clear()
        try:
            swift, walked = passes(folder), named(folder)
        except (BadNote, BadTiles):
            assert name == "checkpoint"
            return

    assert (swift, bool(walked)) == (False, True)
