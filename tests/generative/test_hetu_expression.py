"""Two engines for one rule: the HETU check as a Polars expression agrees with ``Hetu.parse`` on every text."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.expectations.hetu import hetu_birth_date, hetu_fault
from schemas.identifiers import CENTURY_OF_SIGN, HETU_CHECK, Hetu, InvalidIdentifier

SIGNS = "".join(CENTURY_OF_SIGN)


@st.composite
def near_hetus(draw):
    """A text close to a HETU: a real day, any sign, any number, a check character that mostly agrees, and now and then a slip."""
    day = date(1900, 1, 1) + timedelta(days=draw(st.integers(0, 45_000)))
    digits = f"{day:%d%m%y}"
    number = f"{draw(st.integers(0, 999)):03d}"
    right = HETU_CHECK[int(digits + number) % len(HETU_CHECK)]
    text = digits + draw(st.sampled_from(SIGNS)) + number + draw(st.sampled_from(right * 9 + HETU_CHECK))
    place, slip = draw(st.integers(0, 10)), draw(st.sampled_from(["", "", "", "0", "9", "Ä", "x", " ", "٣", "\n"]))
    return text[:place] + slip + text[place + 1 :] if slip else text


def by_parse(text: str, *, artificial_only: bool) -> str | None:
    try:
        Hetu.parse(text, artificial_only=artificial_only)
    except InvalidIdentifier as broken:
        return broken.code
    return None


@settings(max_examples=300, deadline=None)
@given(st.lists(near_hetus() | st.text(max_size=12), min_size=1, max_size=60), st.booleans())
def test_the_expression_names_the_fault_that_the_parser_names(texts, artificial_only):
    frame = pl.DataFrame({"hetu": texts}, schema={"hetu": pl.String})

    faults = frame.select(hetu_fault(pl.col("hetu"), artificial_only=artificial_only)).to_series().to_list()

    assert faults == [by_parse(text, artificial_only=artificial_only) for text in texts]


@settings(max_examples=100, deadline=None)
@given(st.lists(near_hetus(), min_size=1, max_size=60))
def test_the_birth_date_is_that_of_the_parser(texts):
    good = [text for text in texts if by_parse(text, artificial_only=False) is None]
    frame = pl.DataFrame({"hetu": good}, schema={"hetu": pl.String})

    days = frame.select(hetu_birth_date(pl.col("hetu"))).to_series().to_list()

    assert days == [Hetu.parse(text, artificial_only=False).birth_date for text in good]
