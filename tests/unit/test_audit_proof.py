"""The extra of a proof: read as it was written, and in no other form that could say something else to another reader."""

import pytest

from audit.errors import BadNote
from audit.proof import extra_of, opened_extra

ENTRY = b'{"id":"1","outcome":"ok","v":1}'
OPEN = {"person_id": "p", "salt": "00"}


@pytest.mark.parametrize("detail", [None, OPEN])
def test_what_was_written_is_read(detail):
    shown = opened_extra(extra_of(ENTRY, detail))

    assert (shown.entry, shown.detail) == (ENTRY, detail)


@pytest.mark.parametrize(
    "extra",
    [
        b'{"entry":{"id":"1","outcome":"deny","outcome":"ok","v":1}}',
        b'{"entry":{"id":"2"},"entry":{"id":"1","outcome":"ok","v":1}}',
        b'{"entry":{"outcome":"ok","id":"1","v":1}}',
        b'{"entry": {"id":"1"}}',
        b'{"entry":{"id":"1"},"said":"otherwise"}',
        b'{"entry":{"id":"1"},"open":{"salt":"01","salt":"00"}}',
        b'{"open":{}}',
        b"[]",
    ],
)
def test_what_says_a_thing_twice_or_otherwise_is_no_proof(extra):
    with pytest.raises(BadNote):
        opened_extra(extra)
