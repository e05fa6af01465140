"""Faults that stop a source: how the night ends for it, what stands, what goes on beside it, and how the next run heals all."""

import httpx
import pytest

from simulators.broken import Broken
from simulators.faults import FaultName
from tests.faults.outcomes import CASES, KINDS, MEANINGLESS, SOURCES, Outcome
from tests.faults.told import alarms, ended, fault, moved, the, written
from tests.faults.town import PATIENT_S, SILENCE_S, TASK_WAIT

STOPPED = {Outcome.DOWN, Outcome.REFUSED, Outcome.FAILED, Outcome.HELD}

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


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
