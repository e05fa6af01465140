"""What a person is told of at once, on the first page that they open: emergencies, and who saw their data for the first time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from audit.events import Actor, DecisionRef, Outcome
from db.clock import now
from db.ids import uuid7
from tests.logs import a_disclosure
from tests.pages import a_browser
from tests.published import KEHA, SAVONLINNA

FIRST = "ensimmäistä kertaa"
EMERGENCY = "annettiin hätätilanteessa"


@pytest.fixture
def read(world, log):
    """Somebody is read, so many days ago, by an organisation, for a reason."""
    person = world.person()

    def sealed(org=SAVONLINNA, *, reason="consent", days=0, **given):
        at = now() - timedelta(days=days)
        decision = DecisionRef(id=uuid7(at), policy="2026-05-01", inputs="0a" * 32, reason={"kela.vireillaolo": reason})
        actor = Actor(org=org, system="sln-asiakastyo", user="w-17", role="case_worker")
        made = a_disclosure(person_id=person, id=uuid7(at), at=at, actor=actor, decision=decision, **given)
        with log.sealer() as sealer:
            sealer.seal(replace(made, decision=None))

    return sealed


@pytest.fixture
def told(world, web_login, keyring):
    """How often the first page tells of a first time, and of an emergency."""

    def shown():
        with a_browser(web_login, keyring) as aino:
            aino.sign_in("aino")
            page = aino.get("/").text
        return page.count(FIRST), page.count(EMERGENCY)

    return shown


def test_an_organisation_s_first_read_is_told_and_its_next_is_not(read, told):
    counts = []
    for org in (SAVONLINNA, SAVONLINNA, KEHA):
        read(org)
        counts.append(told())

    assert counts == [(1, 0), (1, 0), (2, 0)]


def test_each_use_of_an_emergency_is_told(read, told):
    read(reason="emergency")
    read(reason="emergency")

    assert told() == (0, 2)


def test_a_month_later_nothing_is_told_of_it_and_what_was_refused_is_no_read(read, told):
    read(days=31)
    read(KEHA, outcome=Outcome.DENY)

    assert told() == (0, 0)
