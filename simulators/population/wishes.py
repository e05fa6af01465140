"""What people say when asked at the desk whether their data may be shared (DOMAIN.md 8.2, 8.3)."""

from collections.abc import Iterator
from datetime import date, timedelta

from simulators.population.chance import Draw, Weighted
from simulators.population.person import Answer, Identity, Wish

OWN_SERVICE, JOINT_SUPPORT = "TYO-380-2023", "TYM-381-2023"
# What is asked in one go: Kela's claims and sensitive TE codes, everyday sote facts, and the facts of rehabilitation.
EVERYDAY = ("kela.vireillaolo", "te.arkaluonteiset")
SOTE = ("sote.palvelutarve", "sote.suunnitelma", "sote.asiakassuhde", "sote.yhteyshenkilo")
REHABILITATION = ("sote.kuntouttava-tyotoiminta", "sote.terveystarkastus-tehty", "sote.tyokyvyn-arvio")
LIMITATION = ("sote.tyokyvyn-rajoite",)
ASKED_SHARE, ASKED_OF_SOTE_SHARE, ASKED_OF_LIMITATION_SHARE = 0.65, 0.85, 0.3
ANSWERS = Weighted({Answer.GIVEN: 80, Answer.REFUSED: 12, Answer.WITHDRAWN: 6, Answer.DENIED: 2})
# A consent lasts a year by default: some of those given longest ago have run out.
LONGEST_AGO_DAYS = 420


def wishes(
    draw: Draw, identity: Identity, today: date, *, since: date, joint: bool, known_to_sote: bool
) -> tuple[Wish, ...]:
    """Give a jobseeker's answers; two thirds have been asked, most give, and what is said of one group is said of all of it."""
    if not draw.chance(ASKED_SHARE):
        return ()
    purpose = OWN_SERVICE
    answers = list(_group(draw, identity, EVERYDAY, purpose, since=since, today=today))
    if known_to_sote and draw.chance(ASKED_OF_SOTE_SHARE):
        answers += _group(draw, identity, SOTE, purpose, since=since, today=today)
        answers += _group(draw, identity, REHABILITATION, purpose, since=since, today=today)
    if joint:
        answers += _group(draw, identity, REHABILITATION, JOINT_SUPPORT, since=since, today=today)
        if draw.chance(ASKED_OF_LIMITATION_SHARE):
            answers += _group(draw, identity, LIMITATION, JOINT_SUPPORT, since=since, today=today)
    return tuple(answers)


def _group(
    draw: Draw, identity: Identity, categories: tuple[str, ...], purpose: str, *, since: date, today: date
) -> Iterator[Wish]:
    answer = draw.weighted(ANSWERS)
    first = max(since, today - timedelta(days=LONGEST_AGO_DAYS))
    said = first + timedelta(days=draw.upto(max((today - first).days, 1)))
    withdrawn = said + timedelta(days=draw.upto(max((today - said).days, 1)))
    for category in categories:
        yield Wish(
            category=category,
            purpose=purpose,
            area=identity.home.area,
            municipality=identity.home.municipality,
            answer=answer,
            said_on=said,
            withdrawn_on=withdrawn if answer is Answer.WITHDRAWN else None,
        )
