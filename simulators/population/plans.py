"""The plans that TE and the person have signed, with their tasks (DOMAIN.md 4.4)."""

from collections.abc import Iterator
from datetime import date, timedelta

from simulators.population.chance import Weighted
from simulators.population.ids import Kind
from simulators.population.lives import REHABILITATIVE, Life
from simulators.population.pen import Pen
from simulators.population.te_records import Suunnitelma, Tehtava

JOINT, ACTIVATION, INTEGRATION = "07", "03", "04"
ORDINARY = Weighted({"06": 68, "05": 20, "01": 7, "02": 5})
TASKS = ("002", "007", "022", "042", "047", "049", "051", "058", "063", "066", "075", "077", "081", "083", "088")
JOINT_TASKS = ("071", "074", "086", "034", "016", "068", "015")
PLAN_SHARE = 0.48
REVIEW_DAYS = 90


def plans(life: Life, pen: Pen, today: date, *, integration: bool) -> tuple[Suunnitelma, ...]:
    """Write the plans of a jobseeker: the one in force or in draft, and now and then the one before it."""
    draw = pen.draw
    if life.tym_since is None and not draw.chance(PLAN_SHARE):
        return ()
    kind = _kind(life, pen, integration=integration)
    signed = _signed(life, pen, today)
    now = _draft(pen, kind, today) if signed is None else in_force(pen, kind, signed, today)
    before = _ended(pen, signed) if signed and draw.chance(0.1) and (signed - life.start).days > REVIEW_DAYS else ()
    return (now, *before)


def in_force(pen: Pen, kind: str, signed: date, today: date, number: int = 0) -> Suunnitelma:
    """Write a plan in force, to be reviewed three months after it was signed."""
    return Suunnitelma(
        **pen.head(Kind.SUUNNITELMA, signed, number),
        tyonhakija_id=pen.id(Kind.TYONHAKIJA),
        toimsuunlaji=kind,
        tila="VOIMASSA",
        allekirjoitettu_pvm=signed,
        tarkistus_pvm=signed + timedelta(days=REVIEW_DAYS),
        paattynyt_pvm=None,
        tehtavat=tuple(_tasks(pen, kind, signed, today)),
    )


def _kind(life: Life, pen: Pen, *, integration: bool) -> str:
    if life.tym_since is not None:
        return JOINT
    if integration and pen.draw.chance(0.8):
        return INTEGRATION
    if life.stays and life.stays[-1].code == REHABILITATIVE and pen.draw.chance(0.4):
        return ACTIVATION
    return pen.draw.weighted(ORDINARY)


def _signed(life: Life, pen: Pen, today: date) -> date | None:
    """Give the day of signing, up to four months ago, so that some reviews are late; None for a draft."""
    if life.tym_since is None and pen.draw.chance(0.07):
        return None
    since = max(life.tym_since or life.start, today - timedelta(days=120))
    return since + timedelta(days=pen.draw.upto(max((today - since).days, 1)))


def _draft(pen: Pen, kind: str, today: date) -> Suunnitelma:
    return Suunnitelma(
        **pen.head(Kind.SUUNNITELMA, today - timedelta(days=pen.draw.between(1, 20))),
        tyonhakija_id=pen.id(Kind.TYONHAKIJA),
        toimsuunlaji=kind,
        tila="LUONNOS",
        allekirjoitettu_pvm=None,
        tarkistus_pvm=None,
        paattynyt_pvm=None,
        tehtavat=(),
    )


def _ended(pen: Pen, until: date) -> Iterator[Suunnitelma]:
    signed = until - timedelta(days=pen.draw.between(REVIEW_DAYS, 2 * REVIEW_DAYS))
    yield Suunnitelma(
        **pen.head(Kind.SUUNNITELMA, until, 1),
        tyonhakija_id=pen.id(Kind.TYONHAKIJA),
        toimsuunlaji=pen.draw.weighted(ORDINARY),
        tila="PAATTYNYT",
        allekirjoitettu_pvm=signed,
        tarkistus_pvm=signed + timedelta(days=REVIEW_DAYS),
        paattynyt_pvm=until,
        tehtavat=(),
    )


def _tasks(pen: Pen, kind: str, signed: date, today: date) -> Iterator[Tehtava]:
    draw = pen.draw
    codes = JOINT_TASKS if kind in (JOINT, ACTIVATION) else TASKS
    for number in range(draw.between(1, 2)):
        due = signed + timedelta(days=draw.between(14, REVIEW_DAYS))
        done = due < today and draw.chance(0.75)
        yield Tehtava(
            tehtava_id=f"t{number + 1}",
            toimikoodi=codes[(pen.index + number) % len(codes)],
            toimi_pvm=due,
            kasitelty=done,
            kasitelty_pvm=due if done else None,
        )
