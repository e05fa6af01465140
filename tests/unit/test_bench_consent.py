"""What is made of the consent figures, and that the peers answer as we do where they are asked the same."""

from importlib import import_module

import httpx
import pytest

from bench.consent import bringing, withholding
from bench.consent.calling import figures as together
from bench.consent.calling import shared
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


ENOUGH = {
    (Part.SINGLY, "calls_a_second"): (250_000.0, 249_999.0),
    (Part.BULK, "a_second"): (2_000_000.0, 1_999_999.0),
    (Part.RECEIPTS, "a_second"): (10_000.0, 9_999.0),
    (Part.HTTP, "p99_ms"): (10.0, 10.1),
    (Part.HTTP_BY_FOUR, "p99_ms"): (10.0, 10.1),
    (Part.AS_OF, "ratio_in_memory"): (3.0, 3.1),
    (Part.AS_OF, "ratio_from_database"): (3.0, 3.1),
    (Part.WITHHELD, "differing_bytes"): (0.0, 1.0),
    (Part.WITHHELD, "medians_apart_percent"): (5.0, 5.1),
    (Part.WITHDRAWALS, "p99_ms"): (50.0, 50.1),
}
"""Every figure that something is promised of: what is just enough, and what is not."""


def figures(which):
    parts: dict[Part, dict[str, float]] = {}
    for (part, figure), amounts in ENOUGH.items():
        parts.setdefault(part, {})[figure] = amounts[which]
    return Figures(parts=parts)


def test_every_promise_is_held_to_its_own_figure():
    assert {(promise.part, promise.figure) for promise in PROMISES} == ENOUGH.keys()
    assert [each.holds for each in verdicts(figures(0))] == [True] * len(PROMISES)
    assert [each.holds for each in verdicts(figures(1))] == [False] * len(PROMISES)


def test_what_callers_found_at_once_is_counted_together():
    slow, quick = {"given": 1, "taken": [0.009]}, {"given": 99, "taken": [0.001] * 99}

    assert together([quick, slow]) == {
        "callers": 2,
        "calls": 100,
        "given": 100,
        "withheld": 0,
        "median_ms": 1.0,
        "p99_ms": 9.0,
    }


def test_no_two_callers_use_one_system():
    parts = shared({f"s{number}": {} for number in range(8)}, 4)

    assert [list(part) for part in parts] == [["s0", "s4"], ["s1", "s5"], ["s2", "s6"], ["s3", "s7"]]


def test_the_times_of_the_withheld_are_parted_from_those_of_the_empty():
    in_turn = ["withheld", "empty", "empty", "withheld", "withheld", "empty"]
    taken = [float(each == "empty") for each in in_turn]

    assert withholding._parted(taken) == ([0.0] * 3, [1.0] * 3)
    assert [withholding._in_turn(number, 1, 2) for number in (0, 1)] == [(1, 2), (2, 1)]


def answer(status=404, body=b"{}", **headers):
    return httpx.Response(status, headers={"Date": "now", "X-Request-Id": "1"} | headers, content=body)


@pytest.mark.parametrize("other", [answer(200), answer(body=b"[]"), answer(body=b"{} "), answer(ETag="x")])
def test_any_byte_that_differs_is_counted_but_for_what_is_the_calls_own(other):
    withheld = withholding.spelled(answer())

    assert withholding.differing(withheld, withholding.spelled(answer(Date="later", RateLimit="r=1"))) == 0
    assert withholding.differing(withheld, withholding.spelled(other)) > 0


def test_a_peer_that_cannot_be_fetched_is_absent(tmp_path, capsys):
    assert bringing.brought(tmp_path, pinned=tmp_path / "nowhere.txt") is None
    assert "vakt" in capsys.readouterr().err


def test_every_package_of_the_peer_that_is_fetched_is_pinned_and_hashed():
    lines = [line for line in bringing.PINNED.read_text().splitlines() if line and line[0] not in "# "]

    assert [line.partition("==")[0] for line in lines] == ["vakt", "jsonpickle"]
    assert bringing.PINNED.read_text().count("--hash=sha256:") >= len(lines)
    assert {"--require-hashes", "--no-deps"} <= set(bringing._command(bringing.PINNED.parent, bringing.PINNED))


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
        absent={"vakt": bringing.ABSENT},
    )

    text = shown(found, verdicts(found), {"cores": 2})

    assert "81,853" in text
    assert bringing.ABSENT in text
    assert "MISSED one decision over HTTP, sealed in the log: at most 10 ms, 99 of 100: 12.50" in text
    assert "p99 ms: 12.50" in text
