"""Faults of single rows: each waits in quarantine with its reason while the others go on, and heals when it comes again."""

import pytest

from simulators.faults import Fault, FaultName
from tests.faults.outcomes import CASES, KINDS, SHARES, SOURCES, Outcome
from tests.faults.told import codes, fault, written

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


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
