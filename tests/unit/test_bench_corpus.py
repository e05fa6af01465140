"""The kept answers come back as they came, whole or not at all."""

from datetime import UTC, datetime

import pytest

from bench.corpus import FIRST, NEXT, Corpus, asked_at
from connectors.source import Page, XRoadIds
from schemas.vocabulary import Source


def a_page(body=b'{"tiedot":[]}', records=0):
    return Page(
        kind="tyonhakijat",
        body=body,
        stamp=datetime(2026, 6, 4, 2, tzinfo=UTC),
        xroad=XRoadIds(id="1", service="FI-TEST/GOV/1/te/v1"),
        records=records,
    )


@pytest.fixture
def corpus(tmp_path):
    return Corpus.of(tmp_path, people=10, seed=3)


def test_pages_come_back_as_they_were_kept(corpus):
    pages = [a_page(), a_page(b"\x00" * 100_000, records=7)]

    corpus.keep(FIRST, Source.TE, "36", lambda: pages)

    assert list(corpus.pages(FIRST, Source.TE, "36")) == pages
    assert corpus.places(Source.TE) == ["36"]
    assert corpus.places(Source.KELA) == []


def test_an_answer_that_is_kept_is_not_asked_for_again(corpus):
    corpus.keep(FIRST, Source.TE, "36", lambda: [a_page()])

    corpus.keep(FIRST, Source.TE, "36", lambda: pytest.fail("asked again"))


def test_an_answer_that_breaks_off_is_not_kept(corpus):
    def broken():
        yield a_page()
        raise ConnectionError

    with pytest.raises(ConnectionError):
        corpus.keep(FIRST, Source.TE, "36", broken)

    assert corpus.places(Source.TE) == []


def test_whom_a_county_was_asked_about_is_kept_beside(corpus):
    corpus.keep_asked("12", ["010190-900M", "020290-901P"])

    assert corpus.asked("12") == ["010190-900M", "020290-901P"]


def test_the_second_day_is_asked_for_a_day_after_the_first():
    assert (asked_at(NEXT) - asked_at(FIRST)).total_seconds() == 24 * 3600
