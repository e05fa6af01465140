"""Representatives asked about anew, over X-Road to the stand-in, and what a decision makes of the answers."""

from datetime import timedelta

import pytest

from connectors.errors import ProviderBroken
from connectors.mandates import Mandates, Right, _read, _rights
from connectors.source import XRoadIds
from connectors.transport import Answer
from consent import registry
from consent.model import RepresentationKind
from consent.queries import desk, voices
from consent.registry import Expressed
from publish import speaking
from schemas.identifiers import Hetu
from simulators.mandates import drawn_from
from tests.asking import MANDATES, a_simulation
from tests.integration.test_consent_registry import NOON, ONLINE, K, decided, grant
from tests.published import a_hetu
from tests.sources import a_transport, joined
from tests.spec import live, story, world

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STRANGER = a_hetu("010190", "999")


@pytest.fixture
def person(examples, owner):
    with owner.transaction() as tx:
        return live.live(tx, ())


def spoken_for(owner, person, kind=RepresentationKind.MANDATE, *, at=NOON):
    """A representative who was allowed once, and consented."""
    with owner.transaction() as tx:
        voice = live.a_voice(tx, person, kind, at=at)
        grant(tx, person, at=at + HOUR, expressed=Expressed(channel=ONLINE.channel, voice=voice))
    return voice


def refreshed(database, person, answer, at):
    return speaking.refresh(database, answer, person, by=live.STEWARD, at=at)


def due(database, at, within=60 * DAY):
    with database.read() as read:
        return voices.authority_due(read, recipient=world.R, at=at, of_age_within=within, limit=10)


def test_a_mandate_lapses_after_a_day_and_an_answer_renews_it(web_login, owner, person):
    spoken_for(owner, person)
    later = NOON + 3 * DAY
    lapsed = decided(web_login, person, at=later)

    asked = refreshed(web_login, person, lambda *_: True, later)

    assert lapsed == ["representation_lapsed"]
    assert asked == 1
    assert decided(web_login, person, at=later + HOUR) == ["consent"]


def test_a_mandate_that_ended_is_not_renewed(web_login, owner, person):
    spoken_for(owner, person)
    later = NOON + 3 * DAY

    refreshed(web_login, person, lambda *_: False, later)

    assert decided(web_login, person, at=later + HOUR) == ["representation_lapsed"]


def test_nobody_is_asked_about_while_the_last_answer_holds(web_login, owner, person):
    spoken_for(owner, person)

    assert refreshed(web_login, person, lambda *_: pytest.fail("asked"), NOON + 2 * HOUR) == 0


def test_without_an_answer_nothing_is_recorded_and_authority_lapses(web_login, owner, person):
    spoken_for(owner, person)

    def silent(*_):
        raise ProviderBroken("no answer")

    with pytest.raises(ProviderBroken):
        refreshed(web_login, person, silent, NOON + 3 * DAY)

    assert decided(web_login, person, at=NOON + 3 * DAY) == ["representation_lapsed"]


def test_who_has_no_identity_code_with_us_may_not(web_login, connector, owner, person):
    voice = spoken_for(owner, person)
    ask = speaking.asking(connector, Mandates(None))

    refreshed(web_login, person, ask, NOON + 3 * DAY)

    with web_login.read() as read:
        (row,) = voices.voices_of(read, person)
    assert (row.representation_id, row.allowed) == (voice, False)


def test_stale_and_refused_authority_waits_at_the_desk_until_it_is_answered(web_login, owner, person):
    voice = spoken_for(owner, person)
    fresh, stale = due(web_login, NOON + 2 * HOUR), due(web_login, NOON + 3 * DAY)
    refreshed(web_login, person, lambda *_: False, NOON + 3 * DAY)
    refused = due(web_login, NOON + 3 * DAY + HOUR)

    assert (fresh, [row.representation_id for row in stale], refused[0].allowed) == ([], [voice], False)


def test_a_ward_soon_of_age_waits_at_the_desk(examples, web_login, owner):
    with owner.transaction() as tx:
        ward = live.live(tx, (story.Born("1.3.2008"),))
    voice = spoken_for(owner, ward, RepresentationKind.GUARDIAN)

    assert [row.representation_id for row in due(web_login, NOON + 2 * HOUR)] == [voice]
    assert due(web_login, NOON + 2 * HOUR, within=10 * DAY) == []


def test_a_guardians_yes_ends_at_the_18th_birthday(examples, web_login, owner):
    with owner.transaction() as tx:
        ward = live.live(tx, (story.Born("1.3.2008"),))
    spoken_for(owner, ward, RepresentationKind.GUARDIAN, at=NOON)
    birthday = world.day("1.3.")

    assert decided(web_login, ward, at=birthday - HOUR) == ["consent"]
    assert decided(web_login, ward, at=birthday) == ["representation_lapsed"]


def test_guardians_who_differ_deny_and_wait_at_the_desk(examples, web_login, owner):
    with owner.transaction() as tx:
        child = live.live(tx, (story.Born("1.1.2012"),))
    spoken_for(owner, child, RepresentationKind.GUARDIAN)
    with owner.transaction() as tx:
        other = live.a_voice(tx, child, RepresentationKind.GUARDIAN, at=NOON + 2 * HOUR)
        registry.refuse(
            tx,
            person_id=child,
            agreement_id=world.K_AGREEMENT,
            categories=[K],
            expressed=Expressed(channel=ONLINE.channel, voice=other),
            by=live.HERSELF,
            at=NOON + 3 * HOUR,
        )

    with web_login.read() as read:
        waiting = desk.conflicts(read, office=world.R, at=NOON + DAY, limit=10)

    assert decided(web_login, child, at=NOON + DAY) == ["conflict"]
    assert [row.person_id for row in waiting] == [child]


@pytest.mark.parametrize(("delegate", "allowed"), [("own", True), ("other", False)])
def test_the_register_of_mandates_is_asked_over_x_road_with_codes_in_the_body_alone(delegate, allowed):
    simulation = a_simulation()
    population = simulation.world.population
    principal = next(
        population.identity(index).hetu
        for index in range(len(population))
        if population.identity(index).guardianship is not None
    )
    found = drawn_from(simulation.world)(principal)[0]
    seen = []
    transport = a_transport(joined(simulation.server, seen), MANDATES.removeprefix("/r1/"))
    code = found.hetu if delegate == "own" else STRANGER

    answer = Mandates(transport).allowed(Hetu.parse(principal), Hetu.parse(code))
    rights = Mandates(transport).rights(Hetu.parse(principal), Hetu.parse(code))

    assert answer is allowed
    assert rights == ({Right.GUARDIAN} if allowed else set())
    assert principal not in str(seen[0].url)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"result": "PERHAPS"}', b"{}"])
def test_an_answer_that_says_neither_is_no_answer(body):
    with pytest.raises(ProviderBroken):
        _read(Answer(status=200, body=body, xroad=XRoadIds(id="1", service="s")))


@pytest.mark.parametrize("kinds", [b"", b', "kinds": []', b', "kinds": "VALTUUS"', b', "kinds": ["PUOLISO"]'])
def test_a_yes_by_no_right_that_we_know_is_no_answer_where_the_right_is_asked(kinds):
    body = b'{"result": "ALLOWED"' + kinds + b"}"

    with pytest.raises(ProviderBroken):
        _rights(Answer(status=200, body=body, xroad=XRoadIds(id="1", service="s")))
