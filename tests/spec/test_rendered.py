"""The page for lawyers: rendered from the examples, and found stale when it is not."""

import pytest

from tests.spec import rendered
from tests.spec.examples import EXAMPLES


def test_the_page_is_what_the_examples_say():
    assert rendered.DOCUMENT.read_text(encoding="utf-8") == rendered.page()


def test_every_example_has_its_row():
    shown = [row for _, rows in rendered.PARTS for row in rows]

    assert shown == list(EXAMPLES)


def test_a_page_that_is_not_what_the_examples_say_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(rendered, "DOCUMENT", tmp_path / "consent-rules.md")
    rendered.main([])
    current = rendered.main(["--check"])
    rendered.DOCUMENT.write_text(rendered.page().replace("**DENY** `refused`", "**PERMIT** `consent`"))

    assert (current, rendered.main(["--check"])) == (0, 1)
    assert "python -m tests.spec.rendered" in capsys.readouterr().err


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_no_sentence_shows_how_it_is_written_in_code(example):
    row = rendered._happened(example)

    assert "None" not in row
    assert "story" not in row
