"""The two-entry log of ACCESS-LOG 6, byte for byte: key with seed bytes 00..1f."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import Checkpoint, VerifierKey, opened, signed
from audit.entry import canonical, read
from audit.errors import BadNote
from audit.tree import Frontier, Place, inclusion_path, leaf_hash, root_from_inclusion

ENTRY_0 = (
    '{"actor":{"system":"sequencer"},"class":"admin","id":"019e8269-4a98-7000-8000-000000000001","outcome":"ok",'
    '"seq_t":"2026-06-01T08:59:59.001000Z","t":"2026-06-01T08:59:59.000000Z","type":"log.opened","v":1}'
)
ENTRY_1 = (
    '{"actor":{"org":"0166906-4","role":"case_worker","system":"sln-asiakastyo",'
    '"user":"5f2b6c1d9e804a7732c1b0aa94e6d7f3"},"categories":["kela.vireillaolo","sote.terveystarkastus-tehty"],'
    '"class":"sote","consents":[{"act":"019e8269-4e80-7000-8000-000000000004",'
    '"digest":"f83f07be16e270186d35b876916c461995ebc3af5b1798f898c33285a1847dbc","state":"given"}],'
    '"decision":{"id":"019e8269-4e80-7000-8000-000000000003",'
    '"inputs":"0694aacb66d62e742a92e8d5f1e82bd9d2a8ca1be88744201fbe63d0f5007502","policy":"2026-05-01",'
    '"reason":{"kela.vireillaolo":"consent","sote.terveystarkastus-tehty":"denied"}},'
    '"detail":"9c0211c51d04574fdaee6d51f53f41952570b0bf68a7219aaae01ce00fa6b8dd",'
    '"id":"019e8269-4e80-7000-8000-000000000002","outcome":"partial","person":"9b1dd0c2a7f34e58806f1c2b3a4d5e6f",'
    '"person_n":1,"purpose":"TYO-380-2023","request":{"route":"GET /v1/people/{person_ref}/support-view",'
    '"trust":"dpop"},"result":{"bytes":1184,"count":2,'
    '"digest":"230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5"},'
    '"seq_t":"2026-06-01T09:00:00.002000Z","t":"2026-06-01T09:00:00.000000Z",'
    '"trace":"4bf92f3577b34da6a3ce929d0e0e4736","type":"disclosure.read","v":1,'
    '"withheld":["sote.terveystarkastus-tehty"]}'
)
LEAF_0 = base64.b64decode("yJ8tFxznpAIFtZj3Uu/1rrRAxMLfr4wCRJIRVnMQnDQ=")
LEAF_1 = base64.b64decode("m9gkHTRY1mgMv75DX1hP7/kQgDIoWVqK/d+TPT5DkF8=")
ORIGIN = "luukku.example/audit/2026"
VKEY = "luukku.example/audit/2026+f0ade669+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
NOTE = """luukku.example/audit/2026
2
0+Qxc9u0zQy2ol0s4Co8HXLoHlgGnQVc6P2Cr1Lnn+Q=

— luukku.example/audit/2026 8K3maXyzfb2pxrw3jukABbqmjBqa9g7IDBu52/fDLhAbB1HYczvt1TdewGzLjZ7Vl2HBLBBgp34xS66tihihmFq9owM=
"""
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_both_entries_are_their_own_canonical_form():
    for entry in (ENTRY_0, ENTRY_1):
        assert canonical(json.loads(entry)) == entry.encode()
        assert read(entry.encode()) == json.loads(entry)


def test_the_leaves_are_those_of_the_document():
    assert leaf_hash(ENTRY_0.encode()) == LEAF_0
    assert leaf_hash(ENTRY_1.encode()) == LEAF_1


def test_the_verifier_key_is_that_of_the_seed():
    key = VerifierKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())

    assert str(key) == VKEY
    assert VerifierKey.parse(VKEY) == key


def test_the_signed_checkpoint_is_the_document_s_byte_for_byte():
    frontier = Frontier()
    frontier.extend([LEAF_0, LEAF_1])

    note = signed(Checkpoint(ORIGIN, frontier.size, frontier.root()), VerifierKey.parse(VKEY), PRIVATE.sign)

    assert note == NOTE


def test_the_path_of_entry_1_leads_to_the_signed_root():
    leaves = [LEAF_0, LEAF_1]

    def node_at(place: Place) -> bytes:
        assert place.level == 0
        return leaves[place.n]

    path = inclusion_path(1, 2, node_at)

    assert path == [LEAF_0]
    assert root_from_inclusion(LEAF_1, 1, 2, path) == opened(NOTE, [VerifierKey.parse(VKEY)]).root


def test_one_changed_character_refuses_the_note():
    with pytest.raises(BadNote, match="does not fit"):
        opened(NOTE.replace("\n2\n", "\n3\n"), [VerifierKey.parse(VKEY)])
