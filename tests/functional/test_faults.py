"""Every fault that the stand-ins know, through the whole pipeline: how the night ends, what stands, what goes on, and how it heals."""

import json
import re

import httpx
import pytest
from sqlalchemy import make_url, text

from connectors.ledger import State
from db.engine import Login
from simulators.broken import Broken
from simulators.faults import Fault, FaultName
from tests.faults.outcomes import CASES, HEARD, KINDS, MEANINGLESS, SHARES, SOURCES, Outcome
from tests.faults.town import PATIENT_S, TASK_WAIT, founded, moved_into

STOPPED = {Outcome.DOWN, Outcome.REFUSED, Outcome.FAILED, Outcome.HELD}
PASSING_EVERY = 2
SILENCE_S = 0.3
A_FAILED_PULL = {"type": "source.fetched", "outcome": "error"}
A_HELD_BATCH = {"type": "batch.held"}
COUNTED = "SELECT count(*) FROM audit.inbox WHERE convert_from(body, 'UTF8')::jsonb @> '{}'"

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


def the(outcomes, source):
    return [case for case in CASES if case.leads_to in outcomes and source in case.sources]


def fault(case, source, **more):
    """Ask the stand-ins for a case; without a limit it strikes every call of the source."""
    asked = {"path": case.path, "detail": case.detail, "amount": case.amount, "times": case.times} | more
    return Fault(name=case.fault, source=source, **asked)


@pytest.fixture(scope="module")
def patch():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def _town(copies, tmp_path_factory, patch):
    with copies() as url, founded(tmp_path_factory.mktemp("town"), url, patch) as town:
        yield town


@pytest.fixture(scope="module")
def copied(_town, copies, tmp_path_factory, patch):
    """A maker of the town on the morning after its first day, over a database and a store of its own."""

    def copied():
        return copies(make_url(_town.url).database), lambda url: moved_into(
            _town, url, tmp_path_factory.mktemp("copy"), patch
        )

    return copied


@pytest.fixture
def town(_town, copied):
    database, moved = copied()
    with database as url:
        yield moved(url)
    _town.simulation.faults.clear()


@pytest.fixture(scope="module")
def nights(copied):
    """What stands after a night without a fault, and after another in which everything is asked for again."""
    database, moved = copied()
    with database as url:
        town = moved(url)
        return town.look(), _quiet_night(town), _quiet_night(town, full=True)


@pytest.fixture
def late(source, copied):
    """What stands after a quiet night in which a source was not asked, and after the next in which it is."""
    database, moved = copied()
    with database as url:
        town = moved(url)
        return _quiet_night(town, *(each for each in SOURCES if each != source)), _quiet_night(town)


def _quiet_night(town, *sources, full=False):
    told = town.night(*(sources or SOURCES), full=full)
    assert [each.red or each.kinds for each in told.values()] == [[]] * len(told)
    return town.look()


@pytest.fixture(scope="module")
def undisturbed(nights):
    """What stands after a night without a fault."""
    before, after, _ = nights
    assert all(after.watermarks[source] != before.watermarks[source] for source in SOURCES)
    assert all(after.records[source] != before.records[source] for source in SOURCES)
    assert after.view != before.view
    return after


@pytest.fixture(scope="module")
def asked_anew(nights):
    """What stands once everything was asked for again: only then is noticed of whom Kela tells no more."""
    return nights[-1]


@pytest.fixture(scope="module")
def people(_town):
    """Every identity code and name of the town."""
    population = _town.simulation.world.population
    known = [population.identity(index) for index in range(len(population))]
    hetus = {hetu for each in known for hetu in (each.hetu, *(past.hetu for past in each.past_hetus))}
    return hetus, {name for each in known for name in (each.family_name, each.given_names)}


@pytest.fixture
def nothing_personal(people, caplog):
    """Look through what a night told (errors, log lines, between tasks, the verdict) for anybody's code or name."""
    caplog.set_level("INFO")

    def look(told, *more):
        errors = [f"{error} {_cause(error)}" for error in told.errors]
        said = "\n".join([*errors, json.dumps(told.passed), json.dumps(told.verdict), told.red, caplog.text, *more])
        caplog.clear()
        hetus, names = people
        words = set(re.findall(r"[\w+-]+", said))
        assert [hetu for hetu in hetus if hetu in said] == []
        assert [name for name in names if set(name.split()) <= words] == []

    return look


def written(town):
    """Give all that the books and the log hold in words."""
    for column in (
        "array_to_string(held, ' ') FROM staging.batch WHERE held IS NOT NULL",
        "cause FROM staging.source_health WHERE cause IS NOT NULL",
        "locator || failures::text FROM staging.quarantine",
        "convert_from(body, 'UTF8') FROM audit.inbox",
    ):
        yield from asked(town, f"SELECT {column}")


def _cause(error):
    return f"{error.__cause__!r} {error.__context__!r}" if not error.__suppress_context__ else ""


def asked(town, statement):
    with town.environment.database(Login.OWNER, pool_size=1) as database, database.read() as read:
        return list(read.execute(text(statement)).scalars())


def states(town, told):
    """Give how the batches of a run ended."""
    return {
        State(state)
        for batch in told.planned
        for state in asked(town, f"SELECT state FROM staging.batch WHERE batch_id = '{batch}'")
    }


def alarms(town):
    """Count the events of pulls that failed, and of batches that are held."""
    return [asked(town, COUNTED.format(json.dumps(event)))[0] for event in (A_FAILED_PULL, A_HELD_BATCH)]


def is_closed(town, source):
    state = f"SELECT open_until IS NOT NULL FROM staging.source_health WHERE source = '{source}'"
    return any(asked(town, state))


def ended(town, case, told, alarmed):
    """Tell how a night that a fault stopped ended, as far as it is not what the case expects; empty when all is."""
    source = told.source
    failed, held = (now - then for now, then in zip(alarms(town), alarmed, strict=True))
    is_held = case.leads_to is Outcome.HELD
    asks = {"SourceClosed"} if case.leads_to in {Outcome.DOWN, Outcome.REFUSED} else set()
    expected = {
        "errors": set() if is_held else {case.by.__name__},
        "held": is_held,
        "alarm": True,
        "closed": case.leads_to in {Outcome.DOWN, Outcome.REFUSED},
        "said": True,
        "waits": case.leads_to is Outcome.DOWN and case.amount != 121,
    }
    seen = {
        "errors": set(told.kinds) - asks,
        "held": State.HELD in states(town, told),
        "alarm": bool(held if is_held else failed),
        "closed": is_closed(town, source),
        "said": case.says in told.red and bool(told.red),
        "waits": bool(told.naps),
    }
    return {name: (seen[name], told.red) for name in expected if seen[name] != expected[name]}


def moved(town, told, stood):
    """Tell what a stopped run moved: no watermark may, and records only by a batch of its own, of people asked by name, that was merged."""
    found = {name: rows for name, rows in town.look().unlike(stood).items() if name not in stood.view}
    merged = State.MERGED in states(town, told)
    return {name: rows for name, rows in found.items() if name.startswith("watermark") or not merged}


def test_every_fault_that_the_stand_ins_know_has_an_outcome_for_every_source():
    expected = {(case.fault, source) for case in CASES for source in case.sources}
    expected |= {(FaultName.BROKEN_ROWS, source) for source in KINDS}

    assert {(name, source) for name in FaultName for source in SOURCES} == expected | MEANINGLESS.keys()
    assert expected & MEANINGLESS.keys() == set()
    assert all(set(Broken) == set(kinds) for kinds in KINDS.values())


@pytest.mark.parametrize("source", SOURCES)
def test_a_fault_that_does_not_pass_stops_its_source_alone_and_the_next_run_heals_all(
    late, town, nothing_personal, source
):
    before, others, wrong = town.look(), [each for each in SOURCES if each != source], {}
    stood = before

    for case in the(STOPPED, source):
        alarmed = alarms(town)
        town.simulation.faults.plan(fault(case, source))
        with pytest.MonkeyPatch.context() as shortly:
            if case.fault is FaultName.TIME_OUT:
                shortly.setattr("connectors.transport.client.TIMEOUT", httpx.Timeout(PATIENT_S, read=SILENCE_S))
            told = town.pull(source, full=case.full)
        town.simulation.faults.clear()
        nothing_personal(told)
        found = ended(town, case, told, alarmed) | moved(town, told, stood)
        stood = town.look()
        wrong |= {f"{source}: {case}": found} if found else {}
        town.reopen(source)
    nothing_personal(told, *written(town))
    town.at += TASK_WAIT
    left = town.night(*others)
    meanwhile = town.look()
    healed = town.night(*SOURCES)

    assert wrong == {}
    assert [each.red for each in (*left.values(), *healed.values())] == [""] * 5
    assert meanwhile.view != before.view
    strange = [name for name in meanwhile.unlike(late[0]) if not name.startswith(source)]
    assert [name for name in strange if name not in before.view] == []
    assert town.look().unlike(late[1]) == {}


def test_a_fault_that_passes_is_waited_out_and_the_night_is_as_if_nothing_had_happened(
    town, asked_anew, nothing_personal
):
    told, passing = {}, the({Outcome.WAITED_OUT}, "te")
    for source in SOURCES:
        for number, case in enumerate(passing):
            town.simulation.faults.plan(fault(case, source, skip=PASSING_EVERY * number))
        with pytest.MonkeyPatch.context() as shortly:
            shortly.setattr("connectors.transport.client.TIMEOUT", httpx.Timeout(PATIENT_S, read=SILENCE_S))
            told[source] = town.pull(source, full=True)
    town.publish()

    assert town.simulation.faults.pending == []
    for each in told.values():
        nothing_personal(each, *written(town))
        assert (each.kinds, each.red) == ([], "")
        assert len(each.naps) >= len(passing)
        assert each.naps.count(1) == sum(case.fault in HEARD[each.source] for case in passing)
    assert town.look().unlike(asked_anew) == {}


@pytest.mark.parametrize("name", sorted({case.fault for case in CASES if case.leads_to is Outcome.HARMLESS}))
def test_what_a_source_repeats_reorders_or_sends_late_doubles_nothing_and_loses_nothing(
    town, undisturbed, asked_anew, nothing_personal, name
):
    for source in SOURCES:
        for case in the({Outcome.HARMLESS}, source):
            if case.fault is name:
                town.simulation.faults.plan(fault(case, source))

    told = town.night(*SOURCES)

    for each in told.values():
        nothing_personal(each, *written(town))
        assert (each.kinds, each.red, each.verdict["quarantined"]) == ([], "", 0)
    assert town.look().unlike(asked_anew if name is FaultName.GONE else undisturbed) == {}


@pytest.mark.parametrize("name", sorted({case.fault for case in CASES if case.leads_to is Outcome.QUARANTINED}))
def test_what_cannot_be_taken_waits_in_quarantine_with_its_reason_and_heals_when_it_comes_again(
    town, asked_anew, nothing_personal, name
):
    struck = [case for case in CASES if case.leads_to is Outcome.QUARANTINED and case.fault is name]
    for case in struck:
        for source in case.sources:
            town.simulation.faults.plan(fault(case, source))

    told = town.night(*SOURCES)
    town.simulation.faults.clear()

    for each in told.values():
        nothing_personal(each, *written(town))
        assert (each.kinds, each.red) == ([], "")
    for source in {source for case in struck for source in case.sources}:
        assert told[source].verdict["quarantined"] > 0
        assert {case.says for case in struck} <= codes(town, source)
    assert town.look().watermarks == asked_anew.watermarks
    again = town.night(*SOURCES, full=True)
    assert [each.red for each in again.values()] == ["", "", ""]
    assert town.look().unlike(asked_anew) == {}


@pytest.mark.parametrize("source", SHARES)
def test_a_broken_row_of_each_kind_waits_in_quarantine_and_the_others_go_on(town, nothing_personal, source):
    for shares in SHARES[source]:
        for kind, share in shares.items():
            broken = Fault(name=FaultName.BROKEN_ROWS, source=source, detail=kind, amount=share, times=None)
            town.simulation.faults.plan(broken)
        told = town.pull(source, full=True)
        town.simulation.faults.clear()
        nothing_personal(told, *written(town))
        assert (told.kinds, told.red) == ([], "")

    assert {code for code in KINDS[source].values() if code} - codes(town, source) == set()


def codes(town, source):
    """Name the reasons for which rows of a source are, or were, in quarantine."""
    return set(
        asked(
            town,
            f"SELECT DISTINCT jsonb_array_elements(failures) ->> 'code' FROM staging.quarantine WHERE source = '{source}'",
        )
    )
