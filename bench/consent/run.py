"""``./luukku bench consent``: decisions one by one, in bulk, over HTTP and looking back, receipts, withdrawals, and the peers."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from bench import machine
from bench.consent import bringing
from bench.consent.figures import Engine, Figures, Part, Verdict, verdicts
from bench.consent.gating import ASKED
from bench.consent.over_http import over_http
from bench.consent.report import shown
from bench.consent.serving import HOST
from bench.ground import Ground, standing
from bench.measure import measured

PEOPLE: Final = 2_000
BULK_PEOPLE: Final = 200_000
RECEIPTS: Final = 20_000
CALLS: Final = 2_000
PAIRS: Final = 2_000
WITHDRAWALS: Final = 1_000
PEER_PEOPLE: Final = 500
ROUNDS: Final = 5
REPORT: Final = Path("test-output") / "bench-consent.json"
PEERS: Final = {"cedarpy": "cedar", "casbin": "pycasbin", "zen-engine": "zen_engine", "vakt": "vakt_guard"}
"""Each package, with our module that asks it."""
NOT_HELD: Final = "is not installed"


def main(arguments: Sequence[str]) -> int:
    """Measure and tell; gives 1 when a promise is missed."""
    options = _options(arguments)
    figures = Figures()
    with standing() as ground:
        about = machine.described(ground)
        _decide(ground, options, figures)
        _gate(ground, options, figures)
        _call(ground, options, figures)
    about["load_at_end"] = round(os.getloadavg()[0], 2)
    judged = list(verdicts(figures))
    sys.stdout.write(shown(figures, judged, about))
    _write(options.json, figures, judged, about)
    return int(not all(each.holds for each in judged))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="luukku bench consent", description=__doc__)
    amounts = {
        "--people": (PEOPLE, "whose facts lie in memory, 18 questions each"),
        "--bulk-people": (BULK_PEOPLE, "in the database of the bulk gate, 5 questions each"),
        "--peer-people": (PEER_PEOPLE, "that the peers are asked about, 19 questions each"),
        "--receipts": (RECEIPTS, "signed a round"),
        "--calls": (CALLS, "over HTTP, and as many by four callers"),
        "--pairs": (PAIRS, "of somebody who withholds and somebody of whom nothing is held, over HTTP"),
        "--withdrawals": (WITHDRAWALS, "committed one after the other"),
        "--rounds": (ROUNDS, "of which the middle counts"),
    }
    for name, (amount, meaning) in amounts.items():
        parser.add_argument(name, type=int, default=amount, help=f"{meaning} (default: %(default)s)")
    parser.add_argument("--json", type=Path, default=REPORT, help="where the figures go (default: %(default)s)")
    return parser.parse_args(arguments)


def _decide(ground: Ground, options: argparse.Namespace, figures: Figures) -> None:
    """Measure what needs only the register of a home, and the consent that receipts are of."""
    values = dict(ground.home("deciding").values)
    measured("bench.consent.filling:opened", values=values, issuer=f"http://{HOST}")
    measured("bench.consent.filling:filled", values=values, people=1, categories=[])
    asked = {"values": values, "people": options.people, "rounds": options.rounds}
    figures.parts[Part.SINGLY] = measured("bench.consent.deciding:singly", **asked).result
    figures.parts[Part.TOGETHER] = measured("bench.consent.deciding:together", **asked).result
    signed = {"values": values, "receipts": options.receipts, "rounds": options.rounds}
    figures.parts[Part.RECEIPTS] = measured("bench.consent.signing:signed", **signed).result
    _compare(values, options.peer_people, figures, ground.folder / bringing.PACKAGE)
    ground.drop("deciding")


def _compare(values: dict[str, str], people: int, figures: Figures, folder: Path) -> None:
    """Ask the peers; the one that the lock cannot hold is brought into ``folder``."""
    done = measured("bench.consent.comparing:ours", values=values, people=people)
    figures.engines.append(Engine(name="luukku", version=version("luukku"), **done.result))
    for package, module in PEERS.items():
        found, path = (bringing.brought(folder), str(folder)) if package == bringing.PACKAGE else (_held(package), None)
        if found is None:
            figures.absent[package] = bringing.ABSENT if path else NOT_HELD
            continue
        done = measured("bench.consent.comparing:answered", values=values, peer=module, people=people, folder=path)
        figures.engines.append(Engine(name=package, version=found, **done.result))


def _held(package: str) -> str | None:
    """Tell the version in the environment, if it is there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _gate(ground: Ground, options: argparse.Namespace, figures: Figures) -> None:
    values = dict(ground.home("gating").values)
    measured("bench.consent.filling:opened", values=values, issuer=f"http://{HOST}")
    categories = [category.value for _, category in ASKED]
    measured("bench.consent.filling:filled", values=values, people=options.bulk_people, categories=categories)
    with ground.superuser("gating") as connection:
        connection.execute("VACUUM ANALYZE")
    ground.settle()
    done = measured("bench.consent.gating:gated", values=values, rounds=options.rounds)
    figures.parts[Part.BULK] = done.result
    ground.drop("gating")


def _call(ground: Ground, options: argparse.Namespace, figures: Figures) -> None:
    over_http(
        ground,
        figures,
        calls=options.calls,
        pairs=options.pairs,
        withdrawals=options.withdrawals,
        rounds=options.rounds,
    )


def _write(path: Path, figures: Figures, judged: Sequence[Verdict], about: dict[str, Any]) -> None:
    report = {
        "measurement": "consent",
        "machine": about,
        "parts": {str(part): dict(facts) for part, facts in figures.parts.items()},
        "engines": [asdict(each) for each in figures.engines],
        "absent": figures.absent,
        "promises": [asdict(each) for each in judged],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
