"""What is measured on one served house: one decision over HTTP, the same by four at once, withheld against empty, withdrawals."""

from typing import Final

from bench.consent.calling import figures, shared
from bench.consent.figures import Figures, Part
from bench.consent.serving import HOST, free_port, served
from bench.ground import Ground
from bench.measure import measured, side_by_side

PEOPLE: Final = 200
CALLERS: Final = 4


def over_http(ground: Ground, found: Figures, *, calls: int, pairs: int, withdrawals: int, rounds: int) -> None:
    """Fill a house, serve it, and measure; each caller is a process of its own with systems of its own."""
    values, port = dict(ground.home("calling").values), free_port()
    base = f"http://{HOST}:{port}"
    measured("bench.consent.filling:opened", values=values, issuer=base)
    measured("bench.consent.filling:filled", values=values, people=2 * PEOPLE, categories=[], patterns=PEOPLE)
    keys = measured("bench.consent.calling:prepared", values=values, people=PEOPLE).result["keys"]
    ground.settle()
    found.parts[Part.AS_OF] = _looked_back(values, rounds)
    asked = {"base": base, "people": PEOPLE}
    with served(values, port):
        alone = measured("bench.consent.calling:called", **asked, keys=keys, calls=calls).result
        found.parts[Part.HTTP] = figures([alone])
        each = [{**asked, "keys": own, "calls": calls // CALLERS} for own in shared(keys, CALLERS)]
        _, done = side_by_side([("bench.consent.calling:called", own) for own in each])
        found.parts[Part.HTTP_BY_FOUR] = figures([caller.result for caller in done])
        found.parts[Part.WITHHELD] = measured(
            "bench.consent.withholding:compared", **asked, keys=keys, pairs=pairs
        ).result
    found.parts[Part.WITHDRAWALS] = _withdrawn(values, withdrawals)
    ground.drop("calling")


def _looked_back(values: dict[str, str], rounds: int) -> dict[str, float]:
    asked = {"values": values, "rounds": rounds}
    in_memory = measured("bench.consent.looking_back:in_memory", **asked).result
    from_database = measured("bench.consent.looking_back:from_database", **asked, people=PEOPLE).result
    return {**in_memory, **from_database}


def _withdrawn(values: dict[str, str], withdrawals: int) -> dict[str, float]:
    task = "bench.consent.withdrawing:withdrawn"
    return dict(measured(task, values=values, people=PEOPLE, withdrawals=withdrawals).result)
