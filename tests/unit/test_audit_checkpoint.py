"""Signed notes: what is read, what is refused."""

import pytest

from audit.checkpoint import Checkpoint, VerifierKey, opened, signed
from audit.errors import BadNote
from audit.tree import EMPTY_ROOT
from db.keys import Keyring, Use

ORIGIN = "luukku.example/audit/2026"
KEYRING = Keyring.for_tests()
KEY = VerifierKey(ORIGIN, KEYRING.public_key(Use.CHECKPOINT))
OTHER = VerifierKey(ORIGIN, KEYRING.public_key(Use.RECEIPT))
CHECKPOINT = Checkpoint(ORIGIN, 7, EMPTY_ROOT)


def a_note(key=KEY, use=Use.CHECKPOINT):
    return signed(CHECKPOINT, key, lambda message: KEYRING.sign(use, message).signature)


def test_a_note_opens_to_the_checkpoint_that_was_signed():
    assert opened(a_note(), [KEY]) == CHECKPOINT


def test_lines_of_unknown_keys_are_ignored():
    line = a_note(OTHER, Use.RECEIPT).splitlines()[-1]

    assert opened(f"{a_note()}{line}\n", [KEY]) == CHECKPOINT


def test_a_note_that_only_others_signed_is_refused():
    with pytest.raises(BadNote, match="No key"):
        opened(a_note(OTHER, Use.RECEIPT), [KEY])


def test_a_bad_line_of_a_known_key_refuses_the_note_though_another_line_is_good():
    wrong = signed(CHECKPOINT, OTHER, lambda message: KEYRING.sign(Use.CHECKPOINT, message).signature)

    with pytest.raises(BadNote, match="does not fit"):
        opened(a_note() + wrong.splitlines()[-1] + "\n", [KEY, OTHER])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n- name AAAA\n",
        "text\n\n— name ***\n",
        "text\n\n— a+b AAAA\n",
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(BadNote):
        opened(note, [KEY])


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n7\n",
        f"{ORIGIN}\n7\nAAAA\n",
        f"{ORIGIN}\n07\n{CHECKPOINT.text.splitlines()[2]}\n",
        f"{ORIGIN}\n-7\n{CHECKPOINT.text.splitlines()[2]}\n",
        f"\n7\n{CHECKPOINT.text.splitlines()[2]}\n",
        f"{CHECKPOINT.text}extension\n",
        CHECKPOINT.text.removesuffix("\n"),
    ],
)
def test_a_checkpoint_has_three_lines_and_no_more(text):
    with pytest.raises(BadNote):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "vkey", ["name", "name+00000000+AQ==", str(KEY).replace("+", "+0", 1), f"x{KEY}", f"{ORIGIN}+00000000+AgAA"]
)
def test_a_verifier_key_must_fit_its_own_id(vkey):
    with pytest.raises(BadNote):
        VerifierKey.parse(vkey)
