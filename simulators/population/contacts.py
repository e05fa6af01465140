"""The meetings and calls between TE and the person (DOMAIN.md 4.4; F4 of DOMAIN.md 7)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from simulators.population.chance import Weighted
from simulators.population.ids import Kind
from simulators.population.lives import Life
from simulators.population.pen import Pen
from simulators.population.te_records import Yhteydenotto

HELD = Weighted({"TOTEUTUNUT": 88, "PERUTTU": 5, "EI_SAAPUNUT": 7})
INITIAL, SUPPLEMENTARY, DISCUSSION = ("21", "22", "23"), ("24", "25", "26", "30"), ("27", "28", "29")
OTHER_CONTACT = ("95", "97", "99")
NEW_DAYS = 90


def contacts(pen: Pen, life: Life, today: date) -> Iterator[Yhteydenotto]:
    """Write the first interview of newer jobseekers, the latest discussion of others, and what is booked."""
    draw = pen.draw
    if life.days(today) <= NEW_DAYS:
        if draw.chance(0.65):
            yield contact(pen, draw.one_of(INITIAL), life.start + timedelta(days=draw.between(1, 14)), today, 0)
    elif draw.chance(0.25):
        code = draw.one_of(DISCUSSION if draw.chance(0.7) else SUPPLEMENTARY)
        yield contact(pen, code, today - timedelta(days=draw.between(1, 120)), today, 0)
    if draw.chance(0.1) and life.end is None:
        yield contact(pen, draw.one_of(DISCUSSION), today + timedelta(days=draw.between(1, 40)), today, 1)


def contact(pen: Pen, code: str, on: date, today: date, number: int) -> Yhteydenotto:
    """Write a meeting or call of this day, booked when the day is still to come."""
    held = on < today
    at = datetime.combine(on, time(6, tzinfo=UTC)) + timedelta(minutes=15 * pen.draw.upto(32))
    return Yhteydenotto(
        **pen.head(Kind.YHTEYDENOTTO, on if held else today - timedelta(days=5), number),
        tyonhakija_id=pen.id(Kind.TYONHAKIJA),
        yhtottotapa=code,
        tila=pen.draw.weighted(HELD) if held else "VARATTU",
        ajankohta_aika=at,
    )
