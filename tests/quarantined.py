"""Batches as the sources' stages leave them for a steward."""

from sqlalchemy import insert

from connectors.tables import batch, quarantine
from db.clock import now
from db.ids import uuid7


def a_batch(owner, *, connection_id="te-36", state="merged", **values):
    """A batch of a source with rows in quarantine."""
    batch_id = uuid7(now())
    told = {"batch_id": batch_id, "run_id": batch_id, "source": connection_id[:2], "connection_id": connection_id}
    told |= {"shard": "0", "state": state, "planned_at": now(), "accepted_as_is": False}
    told |= {"counts": {"pulled": 12000, "accepted": 11998, "quarantined": 2, "unchanged": 0, "held": 0}}
    with owner.transaction() as tx:
        tx.execute(insert(batch).values(told | values))
        for place in (17, 112):
            failures = [{"code": "MISSING", "field": "alku_pvm", "severity": "error"}]
            failures += [{"code": "OVERLAP", "field": "alku_pvm", "severity": "error"}] if place == 112 else []
            row = {"source": connection_id[:2], "record": "Tyollisyysjakso", "record_key": f"{batch_id}-{place}"}
            row |= {"batch_id": batch_id, "locator": f"part 0, row {place}", "failures": failures}
            row |= {"payload": b"-", "suite": "te 3", "state": "received"}
            row |= {"first_at": now(), "last_at": now(), "times": 1}
            tx.execute(insert(quarantine).values(row))
    return batch_id
