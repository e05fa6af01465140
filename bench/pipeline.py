"""``./luukku bench pipeline``: landed bytes to committed staging rows, beside the limit and the peers, in one run on one machine."""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bench import machine, pace
from bench.corpus import Corpus
from bench.figures import Figures
from bench.ground import standing
from bench.measure import Measured, measured
from bench.report import shown
from bench.rounds import Round, Stand
from bench.targets import Verdict, verdicts

PEOPLE: Final = 50_000
ROUNDS: Final = 3
PATIENCE_S: Final = 10.0
"""How long each stage waits for the machine to be at its pace; there are a hundred to a round."""
REPORT: Final = Path("test-output") / "bench-pipeline.json"


def main(arguments: Sequence[str]) -> int:
    """Measure and tell; gives 1 when a target is missed."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, _end)
    with tempfile.TemporaryDirectory(prefix="luukku-answers-") as temporary:
        keep = Path(options.keep or temporary).absolute()
        filled = measured("bench.corpus:fill", keep=str(keep), people=options.people, seed=options.seed)
        figures, about = _measured(options, Corpus.of(keep, people=options.people, seed=options.seed).folder)
    judged = list(verdicts(figures))
    sys.stdout.write(shown(figures, judged, about))
    _write(options, figures, judged, {"machine": about, "answers": _answers(filled)})
    return int(any(each.holds is False for each in judged))


def _end(*_: object) -> None:
    """End as at Ctrl-C: the server is stopped and the folders are taken away."""
    raise KeyboardInterrupt


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="luukku bench pipeline", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many synthetic clients (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same people")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often all is measured (default: %(default)s)")
    parser.add_argument("--keep", type=Path, help="a folder that keeps the sources' answers for the next run")
    parser.add_argument("--json", type=Path, default=REPORT, help="where the figures go (default: %(default)s)")
    parser.add_argument("--without-peers", action="store_true", help="leave out dlt and pandera")
    return parser.parse_args(arguments)


def _measured(options: argparse.Namespace, answers: Path) -> tuple[Figures, dict[str, Any]]:
    figures = Figures(options.people)
    with standing() as ground, pace.taken(patience_s=PATIENCE_S) as taken:
        about = machine.described(ground)
        for number in range(1, options.rounds + 1):
            Round(Stand(ground, taken, answers, figures, number)).run(peers=not options.without_peers)
    return figures, about


def _answers(filled: Measured) -> dict[str, Any]:
    return {**filled.result, "seconds": round(filled.seconds, 1)}


def _write(options: argparse.Namespace, figures: Figures, judged: Sequence[Verdict], more: dict[str, Any]) -> None:
    report = {"measurement": "pipeline", "people": options.people, "seed": options.seed, "rows": figures.rows, **more}
    lines = {"targets": [asdict(each) for each in judged], "lines": [asdict(line) for line in figures.lines]}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(report | lines, indent=1, ensure_ascii=False), encoding="utf-8")
