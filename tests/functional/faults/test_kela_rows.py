"""Kela's rows broken in one named way at a time: for which reasons they wait, and that all heals when they come whole."""

import pytest

from simulators.broken import Broken
from simulators.faults import Fault, FaultName
from tests.faults.outcomes import SOURCES
from tests.faults.told import asked, written

SHARE = 0.25
ALL = 1
REASONS = {
    Broken.WRONG_CHECK: {"HETU_CHECKSUM"},
    Broken.OTHER_CENTURY: {
        "RECORD_MOVED"
    },  # a true HETU of somebody else, who does not get what stands under the first
    Broken.DATE_ORDER: {"ORDER"},
    Broken.UNKNOWN_CODE: {"CODE"},
    Broken.OVERLAP: set(),  # decisions of Kela may lie over one another; DOMAIN.md 4.1 forbids it to TE's periods alone
    Broken.MISSING_FIELD: {"MISSING"},
    Broken.WRONG_TYPE: {"UNREADABLE"},
    Broken.BROKEN_REFERENCE: {
        "REFERENCE",
        "VERSION_CONFLICT",
    },  # a new payment; those that stand, with another decision
    Broken.NUMBER_CODE: set(),  # a municipality's code is padded (DOMAIN.md 2.2)
    Broken.CROSSING: {"CODE"},
}
WAITING = """
    SELECT quarantine_id || ' ' || record || ' ' || (failure ->> 'code')
      FROM staging.quarantine, jsonb_array_elements(failures) failure
     WHERE source = 'kela' AND closed_at IS NULL AND record_key NOT LIKE 'digest:%'
"""
"""The rows that wait, by the record's own key: one without (a person, a counter) is known by what was sent, so nothing supersedes it."""

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


def pulled(town, *kinds, share=SHARE):
    """Pull all of Kela with a share of its rows broken in some ways; gives what was told, and row, record and reason of what waits."""
    for kind in kinds:
        broken = Fault(name=FaultName.BROKEN_ROWS, source="kela", detail=kind, amount=share, times=None)
        town.simulation.faults.plan(broken)
    told = town.pull("kela", full=True)
    town.simulation.faults.clear()
    return told, [tuple(row.split()) for row in asked(town, WAITING)]


@pytest.mark.parametrize("kind", Broken)
def test_a_kind_of_broken_row_waits_for_its_reason_and_heals_when_it_comes_whole(
    town, asked_anew, nothing_personal, kind
):
    town.night("te", "sote")

    told, waiting = pulled(town, kind, share=ALL if kind is Broken.BROKEN_REFERENCE else SHARE)
    town.publish()

    nothing_personal(told, *written(town))
    assert (told.kinds, told.red) == ([], "")
    assert {reason for _, _, reason in waiting} == REASONS[kind]
    assert bool(told.verdict["quarantined"]) == bool(REASONS[kind])
    healed = town.night(*SOURCES, full=True)
    assert [each.red for each in healed.values()] == ["", "", ""]
    assert asked(town, WAITING) == []
    assert town.look().unlike(asked_anew) == {}


def test_a_row_that_is_broken_in_two_ways_waits_for_both_reasons(town):
    _, waiting = pulled(town, Broken.WRONG_TYPE, Broken.DATE_ORDER, share=0.3)

    decisions = {row for row, record, _ in waiting if record == "Etuusratkaisu"}
    reasons = [{reason for of, _, reason in waiting if of == row} for row in decisions]
    assert {"UNREADABLE", "ORDER"} in reasons
