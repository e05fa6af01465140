"""``./luukku bench log``: sealing, verifying, lists, searches, proofs, exports, decisions made again and space, in one run."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from audit.sealing import SocketSealer
from bench import machine
from bench.ground import Ground, Home, standing
from bench.log import raw, replaying
from bench.log.events import a_read
from bench.log.figures import RATES, Figures, Sealing, Verdict, verdicts
from bench.log.report import shown
from bench.measure import measured
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
RAW: Final = "raw"
"""The database that raw commits go to."""
REPORT: Final = Path("test-output") / "bench-log.json"


class NotStarted(RuntimeError):
    """The sequencer of the measurement does not answer."""


def main(arguments: Sequence[str]) -> int:
    """Measure and tell; gives 1 when a promise is missed."""
    options = _options(arguments)
    figures = Figures()
    with standing() as ground:
        about = machine.described(ground)
        if not options.reading:
            ground.home(RAW)
            for number in range(1, options.rounds + 1):
                _seal(ground, f"sealing-{number}", options, figures)
            ground.drop(RAW)
            _seal_backlog(ground, options.backlog, figures)
            _replay(ground, options.calls, figures)
        _read(ground, options, figures)
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


def _seal(ground: Ground, name: str, options: argparse.Namespace, figures: Figures) -> None:
    home = ground.home(name)
    with tempfile.TemporaryDirectory(prefix="luukku-door-") as folder:
        values = {**home.values, environment.SEQUENCER: str(Path(folder) / "sequencer.sock")}
        with _sequencer(values):
            for callers in RATES:
                figures.sealed.append(_sealing(ground, values, options, callers, figures))
    ground.drop(name)


def _sealing(
    ground: Ground, values: Mapping[str, str], options: argparse.Namespace, callers: int, figures: Figures
) -> Sealing:
    calls = int(min(MOST_A_SECOND, callers * 1_000) * options.seconds)
    ground.settle()
    load = os.getloadavg()[0]
    done = measured(
        "bench.log.sealing:sealed", values=dict(values), callers=callers, seconds=options.seconds, calls=calls
    )
    found = dict(done.result)
    figures.facts |= {"making_an_event_us": found.pop("making_us"), "bytes_of_a_call": found["frame_bytes"]}
    ground.settle()
    body = bytes(found.pop("frame_bytes"))
    beside = raw.commits_a_second(ground, RAW, body, callers, options.seconds)
    return Sealing(callers=callers, raw_a_second=beside, load=load, stolen_percent=done.stolen_percent, **found)


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


def _seal_backlog(ground: Ground, events: int, figures: Figures) -> None:
    home = ground.home("backlog")
    with tempfile.TemporaryDirectory(prefix="luukku-door-") as folder:
        values = {**home.values, environment.SEQUENCER: str(Path(folder) / "sequencer.sock")}
        measured("bench.log.backlog:recorded", values=values, events=events)
        ground.settle()
        load = os.getloadavg()[0]
        with _sequencer(values), ground.superuser("backlog") as connection:
            while connection.execute("SELECT EXISTS (SELECT FROM audit.inbox)").fetchone() != (False,):
                sleep(0.2)
        done = measured("bench.log.backlog:sealed", values=values)
    figures.facts |= {f"backlog_{name}": value for name, value in done.result.items()} | {"load_at_backlog": load}
    ground.drop("backlog")


def _replay(ground: Ground, calls: int, figures: Figures) -> None:
    done = replaying.made_again(ground, calls)
    decisions = done.result["decisions"]
    figures.facts |= {f"replay_{name}": value for name, value in done.result.items()}
    figures.facts |= {
        "replay_same_percent": 100 * done.result["same"] / decisions,
        "replay_minutes_of_100_000": done.seconds / decisions * 100_000 / 60,
    }


def _read(ground: Ground, options: argparse.Namespace, figures: Figures) -> None:
    home = ground.home("reading")
    amount = {"events": options.events, "persons": options.persons, "a_checkpoint": A_CHECKPOINT}
    measured("bench.log.corpus:fill", values=dict(home.values), **amount)
    with ground.superuser("reading") as connection:
        connection.execute("VACUUM ANALYZE")
    ground.settle()
    _verify(home, options.rounds, figures)
    _verify_files(home, figures)
    done = measured("bench.log.reading:listed", values=dict(home.values), persons=options.persons)
    figures.facts |= {f"list_{name}": value for name, value in done.result.items()}
    _hand_out(home, figures)
    _search(ground, home, figures)
    figures.facts["bytes_an_event"] = _bytes(ground) / options.events


def _hand_out(home: Home, figures: Figures) -> None:
    proved = measured("bench.log.handing_out:proved", values=dict(home.values))
    exported = measured("bench.log.handing_out:exported", values=dict(home.values))
    figures.facts |= {f"proof_{name}": value for name, value in proved.result.items()}
    figures.facts |= {
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


def _search(ground: Ground, home: Home, figures: Figures) -> None:
    taken = measured("bench.log.searching:taken_in", values=dict(home.values))
    with ground.superuser("reading") as connection:
        connection.execute("ANALYZE audit.event_kind, audit.block")
    done = measured("bench.log.searching:searched", values=dict(home.values))
    figures.facts |= {"taken_in_a_second": taken.result["events"] / taken.seconds}
    figures.facts |= {f"search_{name}": value for name, value in done.result.items()}


def _verify(home: Home, rounds: int, figures: Figures) -> None:
    """Verify as often as events are sealed; the middle time counts, of two the slower."""
    load = os.getloadavg()[0]
    runs = [measured("bench.log.reading:verified", values=dict(home.values)) for _ in range(rounds)]
    done = sorted(runs, key=attrgetter("seconds"))[rounds // 2]
    events = done.result["events"]
    figures.facts |= {
        "verified_events": events,
        "verified_checkpoints": done.result["checkpoints"],
        "verified_a_second": events / done.seconds,
        "verified_round_by_round": "  ".join(f"{events / each.seconds:,.0f}" for each in runs),
        "verified_own_cpu_us_an_event": done.cpu_seconds / events * 1e6,
        "load_at_verifying": load,
        "stolen_percent_at_verifying": done.stolen_percent,
    }


def _verify_files(home: Home, figures: Figures) -> None:
    folder = str(home.folder / "tiles")
    written = measured("bench.log.reading:written", values=dict(home.values), folder=folder)
    done = measured("bench.log.reading:verified_files", values=dict(home.values), folder=folder)
    figures.facts |= {
        "written_as_tiles_a_second": written.result["events"] / written.seconds,
        "verified_from_tiles_a_second": done.result["events"] / done.seconds,
    }


def _write(options: argparse.Namespace, figures: Figures, judged: list[Verdict], about: dict[str, Any]) -> None:
    lines = [asdict(each) | {"ratio": each.ratio} for each in figures.sealed]
    report = {"measurement": "log", "machine": about, "sealing": lines, "facts": figures.facts}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    targets = {"promises": [asdict(each) for each in judged]}
    options.json.write_text(json.dumps(report | targets, indent=1, ensure_ascii=False), encoding="utf-8")
