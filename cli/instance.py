"""A whole running instance: database, sources' stand-ins, sequencer, Airflow and web, in the order in which each needs the former."""

import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from importlib.metadata import version
from typing import Final

from rich.console import Console

from cli import airflow, development, house
from cli.airflow import Airflow
from cli.development.connections import MANDATES_SERVICE
from cli.house import House
from cli.processes import Children, port_is_free
from cli.refresh import PUBLISH, PULLS
from cli.settings import Refusal, Settings
from cli.stand_ins import Drawn
from cli.witness.asking import policy_of
from db import environment

START_TIMEOUT_S: Final = 60
ANSWER_TIMEOUT_S: Final = 5
BAD_PORT_CODE: Final = 3


@dataclass(frozen=True, slots=True)
class Instance:
    """What a started instance is asked through."""

    house: House
    airflow: Airflow
    children: Children


@contextmanager
def running(settings: Settings, console: Console, *, clock: str = "runs") -> Iterator[Instance]:
    """Bring everything up, and stop all of it at the end, whatever the end is; with a stopped clock no timetable wakes by itself."""
    _refuse_busy_ports(settings)
    Drawn.begun(settings)
    signal.signal(signal.SIGTERM, _interrupt)
    console.print("luukku: database, keys")
    with house.opened(settings) as ground, Children(settings.home / "log") as children, _stopped_undisturbed():
        values = _values(settings, ground) | {environment.CLOCK: clock}
        _start_ours(settings, children, values, console)
        if clock != environment.STOPPED:
            children.start("reconciler", _serving("reconciler"), values)
        _start_airflow(settings, children, values, console)
        development.furnish(ground)
        _wait_for_airflow(settings, children, console)
        yield Instance(ground, _signed_in(settings, children), children)


@contextmanager
def _stopped_undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C break off the stopping, which takes up to 10 s: what was started would be left running."""
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)


def _values(settings: Settings, ground: House) -> dict[str, str]:
    """Spell what every child is handed."""
    ours = {
        "LUUKKU_PORT": str(settings.ports.web),
        "LUUKKU_PEOPLE": str(settings.people),
        "LUUKKU_SEED": str(settings.seed),
        environment.MANDATES: MANDATES_SERVICE,
    }
    return settings.handed(ground.database_url) | airflow.configuration(settings, ground.airflow_url) | ours


def _start_ours(settings: Settings, children: Children, values: Mapping[str, str], console: Console) -> None:
    console.print(f"luukku: the sources' stand-ins ({settings.people} people), the log's sequencer, the machine API")
    ours = ("simulators", "sequencer", "web", "keeper")
    for name in (*ours, "witnesses") if policy_of(settings.home).witnesses else ours:
        children.start(name, _serving(name), values)
    children.wait_until(
        lambda: _answers(f"{settings.simulators_url}/control/ready"), timeout_s=START_TIMEOUT_S, what="The stand-in"
    )
    children.wait_until(
        lambda: _answers(f"{settings.web_url}/readyz"), timeout_s=START_TIMEOUT_S, what="The machine API"
    )


def _serving(name: str) -> list[str]:
    return [sys.executable, "-m", "cli", "serve", name]


def _start_airflow(settings: Settings, children: Children, values: Mapping[str, str], console: Console) -> None:
    console.print("luukku: Airflow")
    stamp = settings.home / "airflow" / f"database-of-{version('apache-airflow')}"
    if not stamp.exists():
        command = [sys.executable, "-m", "airflow", "db", "migrate"]
        migrated = children.start("airflow-migrate", command, values).process.wait()
        if migrated != 0:
            raise Refusal(
                f"Airflow's database could not be made; see {settings.home / 'log' / 'airflow-migrate.log'}.", code=3
            )
        children.forget("airflow-migrate")
        stamp.touch()
    airflow.start(children, values)


def _wait_for_airflow(settings: Settings, children: Children, console: Console) -> None:
    children.wait_until(lambda: airflow.healthy(settings), timeout_s=airflow.READY_TIMEOUT_S, what="Airflow")
    console.print(f"luukku: Airflow is ready at {settings.airflow_url}")


def _signed_in(settings: Settings, children: Children) -> Airflow:
    session = Airflow.sign_in(settings)
    children.wait_until(
        lambda: all(session.knows(dag) for dag in (*PULLS, PUBLISH)),
        timeout_s=airflow.READY_TIMEOUT_S,
        what="Airflow's reading of the DAGs",
    )
    return session


def _refuse_busy_ports(settings: Settings) -> None:
    ports = {part.name: getattr(settings.ports, part.name) for part in fields(settings.ports)}
    busy = [f"{port} ({name.replace('_', ' ')})" for name, port in ports.items() if not port_is_free(port)]
    if busy:
        raise Refusal(f"Port {', '.join(busy)} is in use; choose others with LUUKKU_PORT.", code=BAD_PORT_CODE)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_TIMEOUT_S) as answer:  # noqa: S310 - our own http address on this host
            return bool(answer.status < 300)  # noqa: PLR2004 - any success
    except (urllib.error.URLError, OSError):
        return False


def _interrupt(*_: object) -> None:
    """Let SIGTERM end a start as Ctrl-C does, so that nothing started is left behind."""
    raise KeyboardInterrupt
