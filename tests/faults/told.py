"""What a night that a fault struck left behind: how its batches ended, who was alarmed, what moved, what is in quarantine."""

import json

from sqlalchemy import text

from connectors.ledger import State
from db.engine import Login
from simulators.faults import Fault
from tests.faults.outcomes import CASES, Outcome

A_FAILED_PULL = {"type": "source.fetched", "outcome": "error"}
A_HELD_BATCH = {"type": "batch.held"}
COUNTED = "SELECT count(*) FROM audit.inbox WHERE convert_from(body, 'UTF8')::jsonb @> '{}'"


def the(outcomes, source):
    return [case for case in CASES if case.leads_to in outcomes and source in case.sources]


def fault(case, source, **more):
    """Ask the stand-ins for a case; without a limit it strikes every call of the source."""
    asked = {"path": case.path, "detail": case.detail, "amount": case.amount, "times": case.times} | more
    return Fault(name=case.fault, source=source, **asked)


def written(town):
    """Give all that the books and the log hold in words."""
    for column in (
        "array_to_string(held, ' ') FROM staging.batch WHERE held IS NOT NULL",
        "cause FROM staging.source_health WHERE cause IS NOT NULL",
        "locator || failures::text FROM staging.quarantine",
        "convert_from(body, 'UTF8') FROM audit.inbox",
    ):
        yield from asked(town, f"SELECT {column}")


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


def codes(town, source):
    """Name the reasons for which rows of a source are, or were, in quarantine."""
    return set(
        asked(
            town,
            f"SELECT DISTINCT jsonb_array_elements(failures) ->> 'code' FROM staging.quarantine WHERE source = '{source}'",
        )
    )
