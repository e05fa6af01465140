"""The child processes in the foreground: each opens what it needs under its own login, and serves until it is interrupted.

Each loads only what it serves: a sequencer that was killed is back in half the time.
"""

import gc
import signal
import threading
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Final

from cli.processes import ROLLED_BACK_CODE
from cli.settings import HOST, Refusal, Settings
from db.clock import now
from db.engine import Login
from db.environment import from_environ

WEB_POOL: Final = 16
STOP_WITHIN_S: Final = 5
GARBAGE: Final = 50_000
"""New things between two looks for garbage: most of what a call makes holds no others, and goes by itself."""


def serve(process: str, settings: Settings) -> None:
    """Run the process of that name; raises Refusal for an unknown one."""
    processes: dict[str, Callable[[Settings], None]] = {
        "web": _web,
        "sequencer": _sequencer,
        "keeper": _keeper,
        "reconciler": _reconciler,
        "witnesses": _witnesses,
        "simulators": _simulators,
    }
    if process not in processes:
        raise Refusal(f"There is no process of that name; there are {', '.join(processes)}.")
    processes[process](settings)


def _web(settings: Settings) -> None:
    from audit.log import SocketSealer
    from cli import sign_in
    from cli.witness.asking import policy_of
    from connectors.store import open_store
    from connectors.transport import open_http
    from publish.authority import reached as register_of
    from publish.representing import Register
    from web.app import create_app
    from web.pages.visit import Doors
    from web.settings import WebSettings
    from web.sign_in.provider import reached
    from web.site import create_site

    environment = from_environ()
    keyring = environment.keyring(Login.WEB)
    told = WebSettings(issuer=settings.web_url, version=version("luukku"), artificial_only=keyring.development)
    ours = sign_in.ours(settings, artificial_only=keyring.development)
    with (
        environment.database(Login.WEB, pool_size=WEB_POOL) as database,
        open_http() as http,
        reached(ours) as provider,
    ):
        sealer = SocketSealer(environment.sequencer_socket, keyring)
        doors = Doors(
            database=database,
            sealer=sealer,
            store=open_store(environment.store),
            keyring=keyring,
            clock=now,
            origin=settings.web_url,
            witnesses=policy_of(settings.home),
            register=Register(database, lambda: register_of(environment, database, http, now)),
        )
        pages = create_site(doors, provider) if sign_in.guarded(settings, keyring) else None
        _listen(create_app(database, sealer, told, keyring, pages=pages), settings.ports.web)


def _sequencer(_: Settings) -> None:
    from audit.errors import RolledBack
    from audit.sequencer import serve as sequence

    _settled()
    try:
        sequence(from_environ(), _interrupted())
    except RolledBack as error:
        raise Refusal(
            f"The database does not hold what its log has announced, as an older copy would not, and nothing is started on it: {error}",
            code=ROLLED_BACK_CODE,
        ) from None


def _keeper(_: Settings) -> None:
    from publish.keeping.watch import watch

    watch(from_environ(), _interrupted())


def _reconciler(_: Settings) -> None:
    from publish.reconciling.watch import watch

    watch(from_environ(), _interrupted())


def _witnesses(_: Settings) -> None:
    from cli.witness.asking import keep_asking

    keep_asking(from_environ(), _interrupted())


def _settled() -> None:
    """Leave what the start made out of every later collection, and look for garbage seldom: no call is held up by it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def _interrupted() -> threading.Event:
    """Give what is set when this process is interrupted."""
    stop = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    return stop


def _simulators(settings: Settings) -> None:
    from cli import sign_in
    from cli.stand_ins import Drawn
    from simulators.app import create_app
    from simulators.simulation import Simulation

    at = now()
    simulation = Simulation.of(Drawn.of(settings, at=at).population(at=at))
    _listen(create_app(simulation, sign_in.stand_in(settings)), settings.ports.simulators)


def _listen(app: Any, port: int) -> None:
    """Serve on this host alone, with no access log: a path may hold a reference (API.md 1.1)."""
    import uvicorn

    _settled()
    uvicorn.run(
        app, host=HOST, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=STOP_WITHIN_S
    )
