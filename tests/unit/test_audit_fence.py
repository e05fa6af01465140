"""The fence's two slots."""

from audit.fence import SLOT_BYTES, Fence


def test_there_is_nothing_before_the_first_write(tmp_path):
    assert Fence(tmp_path / "fence").read() == []


def test_the_last_two_notes_are_kept(tmp_path):
    fence = Fence(tmp_path / "fence")

    for note in ("one\n", "two\n", "three\n"):
        fence.write(note)

    assert sorted(fence.read()) == ["three\n", "two\n"]


def test_a_write_that_is_cut_off_leaves_the_note_before(tmp_path):
    fence = Fence(tmp_path / "fence")
    fence.write("one\n")
    fence.write("two\n")
    content = fence.path.read_bytes()

    fence.path.write_bytes(content[: SLOT_BYTES + 1])

    assert "one\n" in fence.read()
    assert "two\n" not in fence.read()


def test_others_cannot_read_it(tmp_path):
    fence = Fence(tmp_path / "fence")
    fence.write("one\n")

    assert fence.path.stat().st_mode & 0o077 == 0
