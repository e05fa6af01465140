"""What happens to a person: the truth behind what every source says, drawn from one seed (DOMAIN.md 4.4, 7)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from simulators.population.chance import Draw, Weighted

# Shares of TE clients. Services to unemployed as in the activation rate of 29.6 % (StatFin tyonv 12u4, February 2022).
SITUATIONS = Weighted(
    {
        "unemployed": 0.53,
        "laid_off": 0.05,
        "service": 0.18,
        "supported": 0.062,
        "part_time": 0.045,
        "short_week": 0.01,
        "working": 0.04,
        "studying": 0.02,
        "outside": 0.025,
        "ended": 0.038,
    }
)
CODES = {
    "service": "07",
    "supported": "00",
    "part_time": "09",
    "short_week": "04",
    "working": "01",
    "studying": "08",
    "outside": "05",
}
# Clients in each service at the end of February 2022 (StatFin tyonv 12u1, 12u2, 12u4, 12u6); job alternation ended in 2024.
SERVICES = Weighted(
    {"0": 114, "1": 97, "06": 310, "05": 194, "20": 28, "21": 27, "22": 3, "36": 3, "3": 4, "4": 54, "5": 8}
)
SUPPORTED = Weighted({"6T": 123, "6V": 25, "5T": 65, "5V": 9, "80": 4})
REHABILITATIVE = "05"
STUDY_SERVICES = frozenset({"0", "1"})
# Why code 02 or 03 ended, by what follows it.
REASONS = {"supported": "01", "part_time": "03", "short_week": "02", "working": "03", "studying": "08", "outside": "05"}
ENDING_REASONS = Weighted({"03": 45, "01": 20, "10": 25, "05": 10})
LONGEST_DAYS = 12 * 365
YOUNGEST_DAYS = 16 * 365 + 4
LONG_SHARE = 0.5
SHORT_MEAN, LONG_MEAN = 110, 800
PAST_SERVICE_AFTER = 300
TYM_AFTER = 200


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in one employment code, both days included; `reason` (psyy) only when 02 or 03 has ended."""

    code: str
    start: date
    end: date | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in a service; an interrupted one ended before its planned end."""

    code: str
    start: date
    planned_end: date
    end: date | None
    interrupted: bool
    days_a_week: int | None


@dataclass(frozen=True, slots=True)
class Life:
    """A jobseeker's time: the search, its stretches in order, the services among them, and joint support."""

    start: date
    end: date | None
    stretches: tuple[Stretch, ...]
    stays: tuple[Stay, ...]
    tym_since: date | None

    @property
    def code(self) -> str | None:
        """The employment code that holds now; None after the search ended."""
        last = self.stretches[-1]
        return last.code if last.end is None else None

    def days(self, at: date) -> int:
        """Whole days from the start of the search."""
        return (at - self.start).days


def live(draw: Draw, born: date, today: date) -> Life:
    """Draw a jobseeker's time up to today; nobody seeks work before they are sixteen."""
    earliest = min(sixteenth_birthday(born), today - timedelta(days=1))
    start = max(today - timedelta(days=_duration(draw)), earliest)
    situation = draw.weighted(SITUATIONS)
    past = tuple(_past_stay(draw, start, today))
    after = past[-1].end if past else None
    idle_since = after + timedelta(days=1) if after else start
    turn = _turn(draw, situation, idle_since, today)
    stays = (*past, *_open_stay(draw, situation, turn, today))
    stretches = (*_around(start, past), *_since(draw, situation, idle_since, turn, stays))
    return Life(
        start=start,
        end=turn if situation == "ended" and turn else None,
        stretches=stretches,
        stays=stays,
        tym_since=_tym(draw, start, today),
    )


def sixteenth_birthday(born: date) -> date:
    """Give the day from which a person may seek work."""
    return born + timedelta(days=YOUNGEST_DAYS)


def arrive(draw: Draw, today: date) -> Life:
    """Draw the time of someone who has just registered."""
    start = today - timedelta(days=draw.between(1, 5))
    return Life(start, None, (Stretch("03" if draw.chance(0.1) else "02", start, None),), (), None)


def closed(life: Life, on: date) -> Life:
    """End whatever is open, as a death does."""
    return replace(
        life,
        end=on,
        stretches=tuple(one if one.end else replace(one, end=on) for one in life.stretches),
        stays=tuple(one if one.end else replace(one, end=on, interrupted=True) for one in life.stays),
    )


def reason_for(code: str) -> str:
    """Give why unemployment ended when this service began."""
    if code == REHABILITATIVE:
        return "12"
    if code in STUDY_SERVICES:
        return "04"
    return "13" if code == "06" else "11"


def stay(draw: Draw, code: str, start: date, today: date) -> Stay:
    """Draw a time in a service that is still open today."""
    planned = max(start + timedelta(days=draw.between(60, 240)), today + timedelta(days=draw.between(3, 60)))
    return Stay(code, start, planned, None, interrupted=False, days_a_week=_days_a_week(draw, code))


def _duration(draw: Draw) -> int:
    """Days of job search: about a third a year or longer, as long-term unemployment is."""
    mean = LONG_MEAN if draw.chance(LONG_SHARE) else SHORT_MEAN
    return min(1 + draw.waiting(mean), LONGEST_DAYS)


def _past_stay(draw: Draw, start: date, today: date) -> Iterator[Stay]:
    days = (today - start).days
    if days > PAST_SERVICE_AFTER and draw.chance(0.3):
        code = draw.weighted(SERVICES)
        began = start + timedelta(days=draw.between(30, days // 2))
        planned = began + timedelta(days=draw.between(30, 120))
        interrupted = draw.chance(0.12)
        ended = began + timedelta(days=draw.between(5, 29)) if interrupted else planned
        yield Stay(code, began, planned, ended, interrupted, _days_a_week(draw, code))


def _turn(draw: Draw, situation: str, idle_since: date, today: date) -> date | None:
    """Give the day on which unemployment gave way to today's situation; None when it has not, or began only yesterday."""
    if situation in ("unemployed", "laid_off") or (today - idle_since).days < 2:  # noqa: PLR2004 - a day each
        return None
    return today - timedelta(days=min(1 + draw.waiting(60), (today - idle_since).days - 1))


def _open_stay(draw: Draw, situation: str, turn: date | None, today: date) -> Iterator[Stay]:
    if turn and situation in ("service", "supported"):
        yield stay(draw, draw.weighted(SERVICES if situation == "service" else SUPPORTED), turn, today)


def _around(start: date, past: tuple[Stay, ...]) -> Iterator[Stretch]:
    """Give the stretches up to the end of the past service."""
    for one in past:
        yield Stretch("02", start, one.start - timedelta(days=1), reason_for(one.code))
        yield Stretch("07", one.start, one.end)


def _since(draw: Draw, situation: str, start: date, turn: date | None, stays: tuple[Stay, ...]) -> Iterator[Stretch]:
    """Give the stretches after it, the last open unless the search ended."""
    idle = "03" if situation in ("laid_off", "short_week") else "02"
    if turn is None:
        yield Stretch(idle, start, None)
    elif situation == "ended":
        yield Stretch(idle, start, turn, draw.weighted(ENDING_REASONS))
    else:
        reason = reason_for(stays[-1].code) if situation == "service" else REASONS[situation]
        yield Stretch(idle, start, turn - timedelta(days=1), reason)
        yield Stretch(CODES[situation], turn, None)


def _tym(draw: Draw, start: date, today: date) -> date | None:
    days = (today - start).days
    if days > TYM_AFTER and draw.chance(0.13):
        return today - timedelta(days=min(draw.waiting(150), days - 90))
    return None


def _days_a_week(draw: Draw, code: str) -> int | None:
    """Give the days a week, mandatory for rehabilitative work, else given for half."""
    if code == REHABILITATIVE:
        return draw.between(1, 4)
    return draw.between(3, 5) if draw.chance(0.5) else None
