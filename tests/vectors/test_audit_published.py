"""Published vectors: the Merkle roots of certificate-transparency (Apache-2.0), a note of Go's sumdb/note (BSD-3)."""

import pytest

from audit.checkpoint import VerifierKey, opened
from audit.errors import BadNote
from audit.tree import EMPTY_ROOT, Frontier, leaf_hash

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_roots_of_one_to_eight_leaves_are_the_published_ones():
    frontier = Frontier()
    found = []
    for leaf in LEAVES:
        frontier.extend([leaf_hash(bytes.fromhex(leaf))])
        found.append(frontier.root().hex())

    assert found == ROOTS
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_published_note_verifies_and_is_refused_only_because_it_is_no_checkpoint():
    with pytest.raises(BadNote, match="three lines"):
        opened(GO_NOTE, [VerifierKey.parse(GO_VKEY)])


def test_the_published_note_with_another_word_does_not_verify():
    with pytest.raises(BadNote, match="does not fit"):
        opened(GO_NOTE.replace("answer", "ANSWER"), [VerifierKey.parse(GO_VKEY)])
