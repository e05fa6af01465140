"""Faults that change nothing: what passes is waited out, and what is repeated, reordered or late doubles and loses nothing."""

import httpx
import pytest

from simulators.faults import FaultName
from tests.faults.outcomes import CASES, HEARD, SOURCES, Outcome
from tests.faults.told import fault, the, written
from tests.faults.town import PATIENT_S, SILENCE_S

PASSING_EVERY = 2

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


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
