"""What tests are given: the reference files, a real PostgreSQL, a migrated database of their own, logins and keys."""

import fcntl
import gc
import itertools
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from uuid import UUID

import pytest

from tests.guarded import guarded, made_in_memory, write_into
from tests.lacking import leave_out
from tests.logs import a_log
from tests.privacy.collected import look_into_database
from tests.privacy.scan import Scan
from tests.published import World, a_world
from tests.remembered import remembering
from tests.shared_out import FromBothEnds, give_way
from tests.spec import live

ROOT = Path(__file__).parents[1]
SERVER_FOLDER = pytest.StashKey[Path]()
SERVER_HOMES = pytest.StashKey[list[Path]]()
GUARD = pytest.StashKey[Popen[bytes]]()
SELDOM = (50_000, 20, 10)
"""How many new objects make a young, a middle and an old round of looking for garbage; Python's own first is 700."""
TEMPLATE = "template_of_tests"
WORLD_TEMPLATE = "template_of_worlds"
EXAMPLES_TEMPLATE = "template_of_examples"
TEMPLATES = {"world": "_world_template", "examples": "_examples_template"}
"""Fixtures by which a test asks for a database that is not empty, and what gives the name of its template."""


def pytest_configure(config):
    """Choose the folder of the one server and of all files that tests write; xdist's workers are told it by their parent.

    A guard waits for the end of this process, however it ends, then stops all servers in the folder and removes it. Whoever wants
    to look at what a test has written names another folder (``--basetemp``).
    """
    config.stash[SERVER_HOMES] = homes = []
    if hasattr(config, "workerinput"):
        give_way(config.workerinput["workerid"])
        config.stash[SERVER_FOLDER] = Path(config.workerinput["server_folder"])
        config.pluginmanager.register(Scan(config, folders=homes))
        return
    folder = made_in_memory()
    write_into(folder)
    config.stash[SERVER_FOLDER] = folder
    config.stash[GUARD] = guarded(folder)
    server = folder / "db" / "server" / "data"  # its databases are looked through one by one, before each is dropped
    config.pluginmanager.register(Scan(config, folders=(folder, ROOT / "test-output"), but=(server,)))


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for garbage not while all is loaded, never again in what was, and afterwards seldom: it was a tenth of the tests' time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(*SELDOM)


def pytest_collection_modifyitems(items):
    """Open sockets on this machine for the tests that say so; for all others only sockets of files are open."""
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return FromBothEnds(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter):
    """Say what tests recorded of themselves, such as how often each stage was hit by a kill (AMENDMENTS 22), and which were left out."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")
    left_out = Counter(report.longrepr[-1] for report in terminalreporter.getreports("skipped"))
    for reason, count in left_out.items():
        terminalreporter.write_line(f"left out: {count} ({reason.removeprefix('Skipped: ')})")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    node.workerinput["server_folder"] = str(node.config.stash[SERVER_FOLDER])


def pytest_unconfigure(config):
    guard = config.stash.get(GUARD, None)
    if guard is not None:
        guard.communicate()


@pytest.fixture(scope="session")
def reference():
    """The official files that the simulators and the vectors are held to."""
    folder = Path(os.environ.get("LUUKKU_REFERENCE", ROOT.parent / "shared" / "reference"))
    if not folder.is_dir():
        leave_out(f"the reference files are not at {folder}; name their folder in LUUKKU_REFERENCE")
    return folder


@pytest.fixture(scope="session")
def server_homes(request):
    """A maker of folders with short paths, for servers that tests start themselves; the guard stops what is left in them."""

    def made():
        home = Path(tempfile.mkdtemp(dir=request.config.stash[SERVER_FOLDER]))
        home.chmod(0o711)
        request.config.stash[SERVER_HOMES].append(home)
        return home

    return made


@pytest.fixture(scope="session")
def postgres(request):
    """The address of the one embedded server, shared by all workers; its superuser, its first database."""
    from db.embedded import EmbeddedServer, running_url

    home = request.config.stash[SERVER_FOLDER]
    with _alone(home):
        url = running_url(home)
        if url is None:
            server = EmbeddedServer(home, durable=False)
            url = server.start()
            server.leave()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.engine.create_engine", remembering(url))
        yield url


@pytest.fixture(scope="session")
def _administer(postgres):
    """Give the server a statement about its databases; one session serves all of this process."""
    import psycopg
    from sqlalchemy import make_url

    address = make_url(postgres)
    with psycopg.connect(
        host=str(address.query["host"]), user=address.username, dbname="postgres", autocommit=True
    ) as connection:
        yield connection.execute


@pytest.fixture(scope="session")
def _template(request, postgres, _administer):
    """The name of a database that is migrated once and copied for each test."""
    from db.migrate import migrate

    done = request.config.stash[SERVER_FOLDER] / "template"
    with _alone(done.parent):
        if not done.exists():
            _administer(f"CREATE DATABASE {TEMPLATE}")
            migrate(_named(postgres, TEMPLATE))
            done.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def _made(postgres, _administer):
    """A maker of databases that live as long as a with statement and are looked through at its end."""
    numbers = itertools.count()

    @contextmanager
    def made(options):
        name = f"test_{os.getpid()}_{next(numbers)}"
        _administer(f"CREATE DATABASE {name} {options}")
        yield _named(postgres, name)
        look_into_database(_named(postgres, name))
        _administer(f"DROP DATABASE {name} WITH (FORCE)")

    return made


@pytest.fixture(scope="session")
def _world_template(request, postgres, _administer, _template, keyring):
    """The name of a copy of it in which the small world stands, written once too; the agreement's id lies beside it."""
    agreement = request.config.stash[SERVER_FOLDER] / WORLD_TEMPLATE
    with _alone(agreement.parent):
        if not agreement.exists():
            _administer(f"CREATE DATABASE {WORLD_TEMPLATE} TEMPLATE {_template} STRATEGY FILE_COPY")
            url = _named(postgres, WORLD_TEMPLATE)
            with _database(url, keyring, "OWNER") as owner, _database(url, keyring, "CONNECTOR") as connector:
                agreement.write_text(str(a_world(owner, connector).agreement_id))
    return WORLD_TEMPLATE


@pytest.fixture(scope="session")
def _examples_template(request, postgres, _administer, _template, keyring):
    """The name of a copy of it in which the world of the worked examples stands."""
    done = request.config.stash[SERVER_FOLDER] / EXAMPLES_TEMPLATE
    with _alone(done.parent):
        if not done.exists():
            _administer(f"CREATE DATABASE {EXAMPLES_TEMPLATE} TEMPLATE {_template} STRATEGY FILE_COPY")
            with (
                _database(_named(postgres, EXAMPLES_TEMPLATE), keyring, "OWNER") as owner,
                owner.transaction() as tx,
            ):
                live.set_up(tx)
            done.touch()
    return EXAMPLES_TEMPLATE


@pytest.fixture
def database_url(request, _template, _made):
    """The address of a migrated database of this test alone, as the superuser: empty, or with the world that the test asks for."""
    asked = [
        request.getfixturevalue(template) for world, template in TEMPLATES.items() if world in request.fixturenames
    ]
    (of,) = asked or [_template]
    with _made(f"TEMPLATE {of} STRATEGY FILE_COPY") as url:
        yield url


@pytest.fixture
def empty_database_url(_made):
    """The address of a database that no migration has seen."""
    with _made("") as url:
        yield url


@pytest.fixture(scope="session")
def copies(_template, _made):
    """A maker of databases that live as long as a with statement: copies of the migrated, empty one, or of the one named."""

    def copied(of=_template):
        return _made(f"TEMPLATE {of} STRATEGY FILE_COPY")

    return copied


@pytest.fixture(scope="session")
def keyring():
    """The keys of tests: the same everywhere, and refused by anything real."""
    from db.keys import Keyring

    return Keyring.for_tests()


@pytest.fixture
def owner(database_url, keyring):
    with _database(database_url, keyring, "OWNER") as database:
        yield database


@pytest.fixture
def connector(database_url, keyring):
    with _database(database_url, keyring, "CONNECTOR") as database:
        yield database


@pytest.fixture
def publisher(database_url, keyring):
    with _database(database_url, keyring, "PUBLISHER") as database:
        yield database


@pytest.fixture
def web_login(database_url, keyring):
    with _database(database_url, keyring, "WEB") as database:
        yield database


@pytest.fixture
def sequencer_login(database_url, keyring):
    with _database(database_url, keyring, "SEQUENCER") as database:
        yield database


@pytest.fixture
def verifier_login(database_url, keyring):
    with _database(database_url, keyring, "VERIFIER") as database:
        yield database


def _database(url, keyring, login):
    from db.engine import Database, Login

    return Database(url, Login[login], keyring)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one worker at a time set up what all share."""
    with (folder / "workers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _named(url: str, database: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture
def world(request, owner, connector):
    """People, staged rows and what they agreed to, written as a test tells."""
    agreement = request.config.stash[SERVER_FOLDER] / WORLD_TEMPLATE
    return World(owner, connector, UUID(agreement.read_text()))


@pytest.fixture
def examples(owner):
    """The parties, agreements, first notices and statutes of the worked examples stand in the test's database."""
    return owner


@pytest.fixture
def log(database_url, keyring):
    """The access log with its sequencer at work."""
    with a_log(database_url, keyring) as made:
        yield made.start()
