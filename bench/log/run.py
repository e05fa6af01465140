"""``./luukku bench log``: sealing, verifying, lists, searches, proofs, exports, decisions made again and space, in one run."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from audit.sealing import SocketSealer
from bench import machine, pace
from bench.ground import Ground, standing
from bench.log import raw, replaying
from bench.log.events import a_read
from bench.log.figures import RATES, Figures, Sealing, Verdict, verdicts
from bench.log.report import shown
from bench.measure import Measured, measured, measured_after
from bench.pace import Pace
from db import environment
from db.clock import now
from db.engine import Login

EVENTS: Final = 1_000_000
PERSONS: Final = 50_000
A_CHECKPOINT: Final = 64
"""Events under a checkpoint of the long log, about what 64 callers come to."""
BACKLOG: Final = 100_000
LEAST_BACKLOG: Final = 10_000
"""Some batches: its rate is taken between the first and the last but one."""
CALLS: Final = 2_000
SECONDS: Final = 10.0
ROUNDS: Final = 3
MOST_A_SECOND: Final = 12_000
START_S: Final = 60
MOST_STOLEN_PERCENT: Final = 2.0
"""Of what the host of a virtual machine may take away during a measurement: where it took more, it is its speed that was measured."""
AGAIN: Final = 2
"""How often a measurement is made again for that."""
RAW: Final = "raw"
"""The database that raw commits go to."""
REPORT: Final = Path("test-output") / "bench-log.json"


class NotStarted(RuntimeError):
    """The sequencer of the measurement does not answer."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What is measured on: the server, the machine's pace, what was asked for, and the figures that it adds to."""

    ground: Ground
    pace: Pace
    options: argparse.Namespace
    figures: Figures

    def measure(self, task: str, values: Mapping[str, str], **arguments: Any) -> Measured:
        """Measure a task in a home, on a server at rest and a machine at its pace."""
        self.ground.settle()
        return measured_after(self.pace.wait, task, values=dict(values), **arguments)

    def measure_undisturbed(self, task: str, values: Mapping[str, str], **arguments: Any) -> Measured:
        """Measure a task that may be done again until the host took little away, and note how often it was; the last time counts."""
        for _ in range(AGAIN):
            done = self.measure(task, values, **arguments)
            if done.stolen_percent <= MOST_STOLEN_PERCENT:
                return done
            self.figures.facts["measured_again_for_the_host"] = (
                self.figures.facts.get("measured_again_for_the_host", 0) + 1
            )
        return self.measure(task, values, **arguments)


def main(arguments: Sequence[str]) -> int:
    """Measure and tell; gives 1 when a promise is missed."""
    options = _options(arguments)
    figures = Figures()
    with standing() as ground, pace.taken() as taken:
        about = machine.described(ground)
        stand = Stand(ground, taken, options, figures)
        if not options.reading:
            ground.home(RAW)
            for number in range(1, options.rounds + 1):
                _seal(stand, f"sealing-{number}")
            ground.drop(RAW)
            _seal_backlog(stand)
            _replay(stand)
        _read(stand)
    judged = list(verdicts(figures))
    sys.stdout.write(shown(figures, judged, about))
    _write(options, figures, judged, about)
    return int(not all(each.holds for each in judged))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="luukku bench log", description=__doc__)
    parser.add_argument("--events", type=int, default=EVENTS, help="of the long log (default: %(default)s)")
    parser.add_argument("--persons", type=int, default=PERSONS, help="in the long log (default: %(default)s)")
    parser.add_argument(
        "--backlog", type=int, default=BACKLOG, help="events in the standing inbox (default: %(default)s)"
    )
    parser.add_argument(
        "--calls", type=int, default=CALLS, help="whose decisions are made again (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=ROUNDS,
        help="how often sealing and verifying are measured; the middle one counts (default: %(default)s)",
    )
    parser.add_argument("--reading", action="store_true", help="of the long log alone, without sealing")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="a number of callers (default: %(default)s)")
    parser.add_argument("--json", type=Path, default=REPORT, help="where the figures go (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.backlog < LEAST_BACKLOG:
        parser.error(f"--backlog: at least {LEAST_BACKLOG:,} events")
    if options.events <= options.persons:
        parser.error("--events: more than --persons, each of whom has one")
    if options.rounds < 1:
        parser.error("--rounds: at least one")
    return options


def _seal(stand: Stand, name: str) -> None:
    home = stand.ground.home(name)
    with tempfile.TemporaryDirectory(prefix="luukku-door-") as folder:
        values = {**home.values, environment.SEQUENCER: str(Path(folder) / "sequencer.sock")}
        with _sequencer(values):
            for callers in RATES:
                stand.figures.sealed.append(_sealing(stand, values, callers))
    stand.ground.drop(name)


def _sealing(stand: Stand, values: Mapping[str, str], callers: int) -> Sealing:
    seconds, ground = stand.options.seconds, stand.ground
    calls = int(min(MOST_A_SECOND, callers * 1_000) * seconds)
    load = os.getloadavg()[0]
    done = stand.measure_undisturbed("bench.log.sealing:sealed", values, callers=callers, seconds=seconds, calls=calls)
    at = stand.pace.last
    found = dict(done.result)
    stand.figures.facts |= {"making_an_event_us": found.pop("making_us"), "bytes_of_a_call": found["frame_bytes"]}
    ground.settle()
    stand.pace.wait()
    beside = raw.commits_a_second(ground, RAW, bytes(found.pop("frame_bytes")), callers, seconds)
    found |= {"load": load, "pace_percent": at, "stolen_percent": done.stolen_percent}
    return Sealing(callers=callers, raw_a_second=beside, **found)


@contextmanager
def _sequencer(values: Mapping[str, str]) -> Iterator[None]:
    """Run the sequencer as ``up`` does, until something was sealed through it."""
    command = [sys.executable, "-m", "cli", "serve", "sequencer"]
    Path(values[environment.HOME]).mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(command, env={**os.environ, **values})  # noqa: S603, TID251 - our own process, in our environment
    try:
        _wait(values)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(values: Mapping[str, str]) -> None:
    told = environment.from_environ(values)
    sealer = SocketSealer(told.sequencer_socket, told.keyring(Login.WEB))
    end = monotonic() + START_S
    while not sealer.reachable():
        if monotonic() > end:
            raise NotStarted("The sequencer does not answer.")
        sleep(0.1)
    sealer.seal(a_read(0, now()))
    sealer.close()


def _seal_backlog(stand: Stand) -> None:
    ground = stand.ground
    home = ground.home("backlog")
    with tempfile.TemporaryDirectory(prefix="luukku-door-") as folder:
        values = {**home.values, environment.SEQUENCER: str(Path(folder) / "sequencer.sock")}
        measured("bench.log.backlog:recorded", values=values, events=stand.options.backlog)
        ground.settle()
        stand.pace.wait()
        load = os.getloadavg()[0]
        with _sequencer(values), ground.superuser("backlog") as connection:
            while connection.execute("SELECT EXISTS (SELECT FROM audit.inbox)").fetchone() != (False,):
                sleep(0.2)
        done = measured("bench.log.backlog:sealed", values=values)
    stand.figures.facts |= {f"backlog_{name}": value for name, value in done.result.items()} | {"load_at_backlog": load}
    ground.drop("backlog")


def _replay(stand: Stand) -> None:
    done = replaying.made_again(stand.ground, stand.options.calls)
    decisions = done.result["decisions"]
    stand.figures.facts |= {f"replay_{name}": value for name, value in done.result.items()}
    stand.figures.facts |= {
        "replay_same_percent": 100 * done.result["same"] / decisions,
        "replay_minutes_of_100_000": done.seconds / decisions * 100_000 / 60,
    }


def _read(stand: Stand) -> None:
    ground, options, facts = stand.ground, stand.options, stand.figures.facts
    values = ground.home("reading").values
    amount = {"events": options.events, "persons": options.persons, "a_checkpoint": A_CHECKPOINT}
    measured("bench.log.corpus:fill", values=dict(values), **amount)
    with ground.superuser("reading") as connection:
        connection.execute("VACUUM ANALYZE")
    _verify(stand, values)
    _verify_files(stand, values)
    done = stand.measure("bench.log.reading:listed", values, persons=options.persons)
    facts |= {f"list_{name}": value for name, value in done.result.items()}
    _hand_out(stand, values)
    _search(stand, values)
    facts["bytes_an_event"] = _bytes(ground) / options.events


def _hand_out(stand: Stand, values: Mapping[str, str]) -> None:
    proved = stand.measure("bench.log.handing_out:proved", values)
    exported = stand.measure("bench.log.handing_out:exported", values)
    stand.figures.facts |= {f"proof_{name}": value for name, value in proved.result.items()}
    stand.figures.facts |= {
        "fhir_events": exported.result["events"],
        "fhir_bytes_an_event": exported.result["bytes_an_event"],
        "fhir_a_second": exported.result["events"] / exported.seconds,
        "fhir_a_second_by_processor": exported.result["events"] / exported.cpu_seconds,
    }


def _bytes(ground: Ground) -> int:
    """Measure all tables of the log with their indexes: events, tree, checkpoints, heads and what searches read beside them."""
    with ground.superuser("reading") as connection:
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class"
            " WHERE relnamespace = 'audit'::regnamespace AND relkind = 'r'"
        ).fetchone()
    return int(row[0]) if row else 0


def _search(stand: Stand, values: Mapping[str, str]) -> None:
    taken = stand.measure("bench.log.searching:taken_in", values)
    with stand.ground.superuser("reading") as connection:
        connection.execute("ANALYZE audit.event_kind, audit.block")
    done = stand.measure("bench.log.searching:searched", values)
    stand.figures.facts |= {"taken_in_a_second": taken.result["events"] / taken.seconds}
    stand.figures.facts |= {f"search_{name}": value for name, value in done.result.items()}


def _verify(stand: Stand, values: Mapping[str, str]) -> None:
    """Verify as often as events are sealed; the middle time counts, of two the slower."""
    load, task = os.getloadavg()[0], "bench.log.reading:verified"
    runs = [(stand.measure_undisturbed(task, values), stand.pace.last) for _ in range(stand.options.rounds)]
    done, at = sorted(runs, key=lambda run: run[0].seconds)[len(runs) // 2]
    events = done.result["events"]
    stand.figures.facts |= {
        "verified_events": events,
        "verified_checkpoints": done.result["checkpoints"],
        "verified_a_second": events / done.seconds,
        "verified_round_by_round": "  ".join(f"{events / each.seconds:,.0f}" for each, _ in runs),
        "verified_own_cpu_us_an_event": done.cpu_seconds / events * 1e6,
        "load_at_verifying": load,
        "pace_percent_at_verifying": at,
        "stolen_percent_at_verifying": done.stolen_percent,
    }


def _verify_files(stand: Stand, values: Mapping[str, str]) -> None:
    folder = str(Path(values[environment.HOME]) / "tiles")
    written = stand.measure("bench.log.reading:written", values, folder=folder)
    done = stand.measure("bench.log.reading:verified_files", values, folder=folder)
    stand.figures.facts |= {
        "written_as_tiles_a_second": written.result["events"] / written.seconds,
        "verified_from_tiles_a_second": done.result["events"] / done.seconds,
    }


def _write(options: argparse.Namespace, figures: Figures, judged: list[Verdict], about: dict[str, Any]) -> None:
    lines = [asdict(each) | {"ratio": each.ratio} for each in figures.sealed]
    report = {"measurement": "log", "machine": about, "sealing": lines, "facts": figures.facts}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    targets = {"promises": [asdict(each) for each in judged]}
    options.json.write_text(json.dumps(report | targets, indent=1, ensure_ascii=False), encoding="utf-8")
