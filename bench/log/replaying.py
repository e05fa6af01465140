"""Decisions made again, measured: real ones, made by the gate over HTTP, as the night makes a day's again."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bench.consent.serving import HOST, free_port, served
from bench.ground import Ground
from bench.measure import Measured, Work, measured
from db.clock import now
from db.engine import Login
from db.environment import from_environ
from publish.replay import Verdict
from publish.replay import replayed as replayed_by_gate

PEOPLE: Final = 200
DAY: Final = timedelta(days=1)
MOST: Final = 1_000_000


def made_again(ground: Ground, calls: int) -> Measured:
    """Let municipal systems call so often, then make every decision again."""
    values, port = dict(ground.home("replaying").values), free_port()
    base = f"http://{HOST}:{port}"
    measured("bench.consent.filling:opened", values=values, issuer=base)
    measured("bench.consent.filling:filled", values=values, people=2 * PEOPLE, categories=[], patterns=PEOPLE)
    keys = measured("bench.consent.calling:prepared", values=values, people=PEOPLE).result["keys"]
    with served(values, port):
        measured("bench.consent.calling:called", base=base, people=PEOPLE, keys=keys, calls=calls)
    ground.settle()
    done = measured("bench.log.replaying:replayed", values=values)
    ground.drop("replaying")
    return done


def replayed(values: Mapping[str, str]) -> Work:
    """Make the last day's decisions again, one by one, under the reconciler's login; counts what came of them."""
    environment = from_environ(values)

    def work() -> dict[str, Any]:
        with environment.database(Login.RECONCILER, pool_size=1) as database, database.read() as read:
            made = replayed_by_gate(read, since=now() - DAY, until=now(), limit=MOST)
            verdicts = Counter(again.verdict for _, again in made)
        return {"decisions": verdicts.total()} | {verdict.value: verdicts[verdict] for verdict in Verdict}

    return work
