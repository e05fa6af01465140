"""The whole log hashed again each night, and that told to the log; what does not fit becomes a case (ACCESS-LOG 7, 10)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from audit.events import Actor, Event, EventType, Outcome, Result, RetentionClass
from audit.fence import Fence
from audit.log import record
from audit.verify import Trust, trusting, verify_database
from audit.verify.findings import Finding, Summary
from audit.witnessing import Policy
from db.engine import Database
from db.environment import Environment
from db.ids import uuid7
from db.keys import Keyring, Use
from publish.queries.reconciling import Found
from publish.reconciling.findings import SYSTEM, named, open_new

BY_VERIFICATION: Final = "log_refuted"


def verify(verifier: Database, database: Database, trust: Trust, *, at: datetime) -> int:
    """Verify every year's log under its reader's login and tell of it under ours; gives how many cases were opened."""
    told = list(verify_database(verifier, trust))
    findings = [each for each in told if isinstance(each, Finding)]
    events = sum(sum(each.sizes.values()) for each in told if isinstance(each, Summary))
    with database.transaction() as tx:
        record(tx, _verified(findings, events, at))
        return sum(
            open_new(tx, BY_VERIFICATION, [Found(named(each.line()), None)], at=at, text=each.line())
            for each in findings
        )


def trust_of(environment: Environment) -> Trust:
    """Trust this instance's keys and its witnesses', and the fence that its sequencer keeps outside the database."""
    keyring, witnesses = Keyring.open(environment.keyring_path, {Use.CHECKPOINT}), Policy.of(environment.home).keys
    return trusting(keyring, Fence(environment.home / "fence"), witnesses=witnesses)


def _verified(findings: Sequence[Finding], events: int, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=EventType.LOG_VERIFIED,
        outcome=Outcome.ERROR if findings else Outcome.OK,
        actor=Actor(system=SYSTEM),
        retention=RetentionClass.ADMIN,
        result=Result(count=events, counts={"events": events, "findings": len(findings)}),
    )
