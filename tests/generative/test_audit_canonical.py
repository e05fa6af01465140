"""The canonical form against the standard library's: two encoders, one form (ACCESS-LOG 2)."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from audit.entry import MAX_INTEGER, canonical, read

CLEAN = st.characters(exclude_categories=["Cc", "Cf", "Cs"])
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789_.-", min_size=1, max_size=8)
TEXTS = st.text(CLEAN, min_size=1, max_size=12).map(lambda text: unicodedata.normalize("NFC", text))
VALUES = st.recursive(
    TEXTS | st.integers(-MAX_INTEGER, MAX_INTEGER),
    lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(NAMES, inner, min_size=1, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=6))
def test_within_the_form_both_encoders_write_the_same_and_it_is_read_back(members):
    written = canonical(members)

    assert written == json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert read(written) == members
