"""Kela's rows broken in one named way at a time: for which reasons they wait, and that all heals when they come whole."""

import pytest

from simulators.broken import Broken
from simulators.faults import Fault, FaultName
from tests.faults.outcomes import SOURCES
from tests.faults.told import asked, written

SHARE = 0.25
ALL = 1
REASONS = {
    Broken.BROKEN_REFERENCE: {"REFERENCE", "VERSION_CONFLICT"},
    Broken.WRONG_CHECK: {"HETU_CHECKSUM"},
    Broken.OTHER_CENTURY: {"RECORD_MOVED"},
    Broken.DATE_ORDER: {"ORDER"},
    Broken.UNKNOWN_CODE: {"CODE"},
    Broken.OVERLAP: set(),
    Broken.MISSING_FIELD: {"MISSING"},
    Broken.WRONG_TYPE: {"UNREADABLE"},
    Broken.NUMBER_CODE: set(),
    Broken.CROSSING: {"CODE"},
}
"""In the order in which they come. A broken reference is first, while payments are new; those that stand come with another decision.
Of another century: a true HETU of somebody else, who does not get what stands under the first. Decisions may lie over one another
(DOMAIN.md 4.1 forbids it to TE's periods alone), and a municipality's code is padded (2.2)."""
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


def test_each_kind_of_broken_row_waits_for_its_reason_and_heals_when_it_comes_whole(town, asked_anew, nothing_personal):
    town.night("te", "sote")
    found, healed = {}, {}

    for kind in REASONS:
        told, waiting = pulled(town, kind, share=ALL if kind is Broken.BROKEN_REFERENCE else SHARE)
        town.publish()
        nothing_personal(told, *written(town))
        found[kind] = (told.kinds, told.red, bool(told.verdict["quarantined"]), {reason for _, _, reason in waiting})
        again, left = pulled(town)
        healed[kind] = (again.kinds, again.red, left)
    last = town.night(*SOURCES, full=True)

    assert found == {kind: ([], "", bool(reasons), reasons) for kind, reasons in REASONS.items()}
    assert set(healed) == set(Broken)
    assert [each for each in healed.values() if each != ([], "", [])] == []
    assert [each.red for each in last.values()] == ["", "", ""]
    assert town.look().unlike(asked_anew) == {}


def test_a_row_that_is_broken_in_two_ways_waits_for_both_reasons(town):
    _, waiting = pulled(town, Broken.WRONG_TYPE, Broken.DATE_ORDER, share=0.3)

    decisions = {row for row, record, _ in waiting if record == "Etuusratkaisu"}
    reasons = [{reason for of, _, reason in waiting if of == row} for row in decisions]
    assert {"UNREADABLE", "ORDER"} in reasons
