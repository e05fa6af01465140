"""What is made of the consent figures, and that the peers answer as we do where they are asked the same."""

from importlib import import_module

import pytest

from bench.consent.cases import cases, rules_of
from bench.consent.comparing import _differing
from bench.consent.figures import PROMISES, Engine, Figures, Part, verdicts
from bench.consent.people import AT, drawn
from bench.consent.report import shown
from bench.consent.town import AGREEMENTS, ASKED_BY_CONSENT, CONTROLLERS, RECIPIENT
from consent.defaults import CONTROLLER_KIND, RIGHTS
from consent.model import Agreement, Register, Statute
from db.ids import uuid7
from schemas.vocabulary import PartyKind, Purpose, Source, TaskGround

PEERS = ("cedar", "pycasbin", "zen_engine")
"""Those that the lock holds."""


def statutes():
    for right in RIGHTS:
        for source, kind in CONTROLLER_KIND.items():
            yield Statute(
                statute_id=uuid7(AT),
                version=1,
                key=right.key,
                controller_kind=kind,
                categories=frozenset(each.value for each in right.categories if each.source is source),
                recipient_kind=PartyKind.EMPLOYMENT_AUTHORITY,
                purpose=right.purpose,
                overrides_denial=right.purpose is not Purpose.KUNTAOSUUS,
                task_ground=right.task_ground,
            )


def agreements():
    for source in Source:
        yield Agreement(
            agreement_id=AGREEMENTS[source],
            controller=CONTROLLERS[source],
            recipient=RECIPIENT,
            purpose=Purpose.TYO,
            categories=frozenset(each.value for each in ASKED_BY_CONSENT[source]),
            task_ground=TaskGround.AREA,
        )


@pytest.fixture(scope="module")
def register():
    parties = {CONTROLLERS[source]: kind for source, kind in CONTROLLER_KIND.items()}
    parties[RECIPIENT] = PartyKind.EMPLOYMENT_AUTHORITY
    return Register(seq=1, agreements=tuple(agreements()), statutes=tuple(statutes()), parties=parties)


@pytest.fixture(scope="module")
def known(register):
    return list(cases(register, 60))


def test_the_same_seed_draws_the_same_people(register):
    assert list(drawn(register, 5)) == list(drawn(register, 5))
    assert list(drawn(register, 5)) != list(drawn(register, 5, seed=2))


def test_the_cases_come_to_many_reasons(known):
    met = {case.reason for case in known}

    assert met >= {"statute", "consent", "no_consent", "withdrawn", "refused", "expired", "denied", "no_task"}


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_answers_every_case_as_we_do(register, known, peer):
    engine = import_module(f"bench.consent.peers.{peer}")
    decider = engine.decider(rules_of(register))

    assert _differing(engine, known, [decider(case.told) for case in known]) == 0


@pytest.mark.parametrize("peer", ["cedar", "zen_engine"])
def test_a_peer_answers_the_same_in_batches(register, known, peer):
    engine = import_module(f"bench.consent.peers.{peer}")

    assert _differing(engine, known, engine.in_batches(rules_of(register))([case.told for case in known])) == 0


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_with_other_rules_is_seen_to_differ(register, known, peer):
    engine = import_module(f"bench.consent.peers.{peer}")
    decider = engine.decider([rule for rule in rules_of(register) if rule.by_consent])

    assert _differing(engine, known, [decider(case.told) for case in known]) > 0


def figures(**found):
    parts = {promise.part: {promise.figure: found.get(promise.part.name, 5.0)} for promise in PROMISES}
    return Figures(parts=parts)


def test_every_promise_is_held_to_its_own_figure():
    enough = figures(SINGLY=250_000.0, BULK=2_000_000.0, RECEIPTS=10_000.0, HTTP=10.0)
    short = figures(SINGLY=249_999.0, BULK=1_999_999.0, RECEIPTS=9_999.0, HTTP=10.1)

    assert [each.holds for each in verdicts(enough)] == [True] * len(PROMISES)
    assert [each.holds for each in verdicts(short)] == [False] * len(PROMISES)


def an_engine(name="cedarpy", *, differ=0, batches=None):
    return Engine(
        name=name,
        version="4",
        cases=100,
        differ=differ,
        a_second=15_000.0,
        a_second_by_processor=16_000.0,
        a_second_in_batches=batches,
    )


def test_a_single_answer_that_differs_is_missed():
    (same,) = verdicts(Figures(engines=[an_engine(), an_engine()]))
    (other,) = verdicts(Figures(engines=[an_engine(), an_engine(differ=1)]))

    assert (same.holds, other.holds, other.found) == (True, False, 1)


def test_what_was_not_measured_is_not_judged():
    assert list(verdicts(Figures())) == []


def test_the_table_shows_the_peers_and_who_was_absent():
    found = Figures(
        parts={Part.HTTP: {"calls": 2_000, "p99_ms": 12.5}},
        engines=[an_engine(batches=81_852.9)],
        absent={"vakt": "is not installed"},
    )

    text = shown(found, verdicts(found), {"cores": 2})

    assert "81,853" in text
    assert "vakt" in text
    assert "MISSED one decision over HTTP, sealed in the log: at most 10 ms, 99 of 100: 12.50" in text
    assert "p99 ms: 12.50" in text
