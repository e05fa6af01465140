"""A sealed export of which the question cannot be read is called unreadable, whatever stands there instead."""

from hashlib import sha256

import pytest

from audit.errors import BadNote
from audit.manifest import NAME
from audit.sealed import ENTRIES, QUERY
from audit.verify.pieces import Signers
from audit.verify.sealed import verify_sealed


@pytest.mark.parametrize("asked", ["", "[]", "1", "null", '"x"', '{"persons": 5}', '{"persons": [], "pages": null}'])
def test_what_is_no_question_is_unreadable(tmp_path, asked):
    listed = f"{sha256(asked.encode()).hexdigest()}  {QUERY}\n\n"
    for name, content in {NAME: listed, ENTRIES: "", QUERY: asked}.items():
        (tmp_path / name).write_text(content)

    with pytest.raises(BadNote, match="no question"):
        list(verify_sealed(tmp_path, lambda _: Signers(()), ()))
