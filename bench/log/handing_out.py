"""What leaves the log measured: proofs of single events, built one by one, and FHIR AuditEvents of what offices asked."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any, Final

from audit import proving
from audit.fhir import lines
from audit.proof import Proof
from audit.queries import search, verification, witnessing
from audit.queries.search import Found, Wanted
from audit.verify import trusting
from audit.verify.pieces import Signers, verify_proof
from bench.log.variety import ORGS
from bench.measure import Work
from db.clock import now
from db.engine import Database, Login
from db.environment import from_environ
from db.ids import uuid7
from db.keys import Keyring, Use

PROOFS: Final = 2_000
STEP: Final = 7_919
"""Events from one that is proved to the next: a prime, so that they are spread over the whole log."""
PERCENTILE: Final = 0.99
MOST_EXPORTED: Final = 10_000
"""Events of an export, as on the auditors' page."""
OFFICES: Final = ORGS[::3]


class Refuted(RuntimeError):
    """A proof of the measurement does not verify."""


def proved(values: Mapping[str, str]) -> Work:
    """Prove events under the newest checkpoint, each read for it, as a person's page does; every proof is verified beside the clock."""
    environment = from_environ(values)
    keyring = Keyring.open(environment.keyring_path, {Use.CHECKPOINT})

    def work() -> dict[str, Any]:
        with environment.database(Login.VERIFIER, pool_size=1) as database:
            with database.read() as read:
                (log,) = verification.logs(read)
                size = witnessing.newest_size(read, log)
            taken = [_proof(database, log, number * STEP % size) for number in range(PROOFS)]
        signers = Signers(trusting(keyring, None).keys(log))
        if any(finding for _, proof in taken for finding in verify_proof(proof, signers)):
            raise Refuted("A proof of the measurement does not verify.")
        times = sorted(seconds for seconds, _ in taken)
        return {"median_ms": times[PROOFS // 2] * 1000, "p99_ms": times[int(PROOFS * PERCENTILE)] * 1000}

    return work


def _proof(database: Database, log: int, index: int) -> tuple[float, Proof]:
    began = perf_counter()
    with database.read() as read:
        ((_, entry),) = verification.entries_from(read, log, index, 1)
        proof = proving.proof(read, Found(log, index, uuid7(now()), now(), bytes(entry)))
    return perf_counter() - began, proof


def exported(values: Mapping[str, str]) -> Work:
    """Read what offices asked, up to an export's events of each, and write each as a FHIR AuditEvent as it is found."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        events = size = 0
        with environment.database(Login.VERIFIER, pool_size=1) as database, database.read() as read:
            sizes = {log: witnessing.newest_size(read, log) for log in verification.logs(read)}
            for office in OFFICES:
                with search.within(read, Wanted(org=office), sizes=sizes, limit=MOST_EXPORTED) as found:
                    for line in lines(found):
                        events, size = events + 1, size + len(line)
        return {"events": events, "bytes_an_event": size / events}

    return work
