"""The gate while things move under it, and held against what publishing says each recipient sees."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from audit.errors import Stale
from connectors import tables as staging
from db.clock import now
from publish import changes_of_will, gate, refresh
from publish.tables import entitlement
from tests.calls import NEED, PLAN, TYM, TYO, a_system, categories, kind, the_app, view
from tests.logs import entries
from tests.published import SAVONLINNA, Handed, a_hetu


class Restless:
    """The real log, before which something else always happens first."""

    def __init__(self, sealer, *, stale):
        self.sealer, self.stale = sealer, stale

    def seal(self, disclosure):
        if disclosure.guard is not None and self.stale:
            self.stale -= 1
            raise Stale("What the decision rested on has changed.")
        return self.sealer.seal(disclosure)


@pytest.fixture
def sealer(log):
    with log.sealer() as made:
        yield made


@pytest.fixture
def environment(database_url, keyring, tmp_path):
    return Handed(database_url, keyring, str(tmp_path))


@pytest.fixture
def http(web_login, keyring, sealer):
    with the_app(web_login, sealer, keyring) as client:
        yield client


def test_a_withdrawal_between_decision_and_seal_is_decided_again(world, http, owner, monkeypatch):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve")
    system, decide, decided = a_system(world, http), gate.decide, []
    system.token()

    def somebody_withdraws_meanwhile(request, facts, at):
        decision = decide(request, facts, at)
        decided.append(decision.consent_seq)
        if len(decided) == 1:
            world.withdraw(person, "sote.palvelutarve", through=changes_of_will)
        return decision

    monkeypatch.setattr(gate, "decide", somebody_withdraws_meanwhile)
    answer = view(system, world.ref(person))

    assert categories(answer) == ["te.suunnitelma"]
    assert len(decided) == 2
    reads = [row for row in entries(owner) if row.type == "disclosure.read"]
    assert len(reads) == 1


@pytest.mark.parametrize(("moves", "status"), [(2, 200), (3, 503)])
def test_a_decision_is_made_three_times_at_most(world, http, sealer, moves, status):
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN})
    services = http.app.state.services
    http.app.state.services = replace(services, sealer=Restless(sealer, stale=moves))

    answer = view(a_system(world, http), world.ref(person))

    assert answer.status_code == status
    assert status == 200 or kind(answer) == "log_unavailable"


@pytest.mark.parametrize("purpose", [TYO, TYM])
def test_what_publishing_says_a_recipient_sees_is_what_a_read_shows(world, http, owner, environment, purpose):
    people = {
        "plain": world.person(),
        "joint": world.person(a_hetu(number="903"), tym=True),
        "agreed": world.person(a_hetu(number="904")),
        "protected": world.person(a_hetu(number="905"), protected=True),
        "dead": world.person(a_hetu(number="906"), deceased=True),
        "elsewhere": world.person(a_hetu(number="907"), municipality="491"),
    }
    for name, person in people.items():
        world.jobseeker(person)
        line = {"segmentti_pvm": date(2026, 1, 15), "segmenttikoodi": "05"}
        world.stage(staging.palvelulinja, person, f"{name}-line", **line)
        need = {"county": "12", "status": "active", "kirjattu_pvm": date(2026, 5, 28)}
        world.stage(staging.palvelutarve, person, f"{name}-need", **need)
    world.grant(people["agreed"], "sote.palvelutarve", through=changes_of_will)
    for shard in refresh.due(environment):
        refresh.refresh(environment, shard, at=now())
    with owner.read() as read:
        of = entitlement.c
        rows = read.execute(
            select(of.person_id, of.categories).where(of.recipient == SAVONLINNA, of.purpose == purpose)
        )
        published = {row.person_id: row.categories for row in rows}
    system = a_system(world, http)

    for name, person in people.items():
        if name == "elsewhere":
            assert person not in published
            continue
        answer = view(system, world.ref(person), purpose=purpose)
        shown = categories(answer) if answer.status_code == 200 else None
        assert shown == published.get(person), name
    assert people["plain"] in published or purpose == TYM
