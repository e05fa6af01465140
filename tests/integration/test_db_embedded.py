"""The embedded server's duties (PIPELINE.md 5), each against a server that really runs, crashes and is left behind."""

import os
import signal
import subprocess
from contextlib import suppress

import psutil  # type: ignore[import-untyped] # it ships no types
import psycopg
import pytest
from sqlalchemy import make_url

from db.beside import airflow_url
from db.embedded import EmbeddedServer, Programs, processes, running_url
from db.embedded.launch import connect
from db.embedded.processes import gone
from db.errors import ServerFailed, ServerOwned, UnsupportedServer
from db.migrate import migrate
from db.server import connected

HETU = "010190-999X"
STARTED_BY_ROOT = os.getuid() == 0
ROOTS_ONLY = pytest.mark.skipif(not STARTED_BY_ROOT, reason="only a server that root starts changes its account")
BUSY = "SELECT count(*) FROM generate_series(1, 100000000000)"


@pytest.fixture(scope="module")
def prepared(server_homes):
    """A home whose data folder is made."""
    home = server_homes()
    with EmbeddedServer(home, durable=False):
        pass
    return home


@pytest.fixture
def empty_home(server_homes):
    return server_homes()


@pytest.fixture
def home(prepared, empty_home):
    """A home of this test alone; its data folder is a copy, which is quicker than another initdb."""
    subprocess.run(["cp", "-a", prepared / "db", empty_home], check=True)
    return empty_home


@pytest.fixture
def server(home):
    """A server that runs."""
    server = EmbeddedServer(home, durable=False)
    server.start()
    yield server
    server.stop()


def postmaster(server):
    return psutil.Process(int(pid_file(server).read_text().splitlines()[0]))


def pid_file(server):
    return server.places.data / "postmaster.pid"


def run(server, sql):
    with connect(server.places, "postgres") as connection:
        connection.execute(sql)


def ask(server, sql):
    with connect(server.places, "postgres") as connection:
        return connection.execute(sql).fetchall()[0][0]


def crash(server):
    """End the server as a crash does, and its owner too."""
    process = postmaster(server)
    process.send_signal(signal.SIGKILL)
    assert gone(process, 10)
    server.leave()


def backend(server):
    """Start a busy backend and return it."""
    client = connect(server.places, "postgres")
    client.pgconn.send_query(BUSY.encode())
    return client, psutil.Process(client.info.backend_pid)


def test_it_starts_answers_and_stops_leaving_nothing_that_runs(empty_home):
    server = EmbeddedServer(empty_home)

    url = server.start()
    process, answer, announced = postmaster(server), ask(server, "SELECT 1"), running_url(empty_home)
    server.stop()

    assert answer == 1
    assert announced == url
    assert running_url(empty_home) is None
    assert gone(process, 1)


def test_it_keeps_what_was_written_when_it_starts_again(home):
    with EmbeddedServer(home) as server:
        run(server, "CREATE TABLE kept AS SELECT 1 AS n")

    with EmbeddedServer(home) as server:
        assert ask(server, "SELECT n FROM kept") == 1


def test_it_keeps_what_was_committed_through_kill_9(home):
    server = EmbeddedServer(home)
    server.start()
    run(server, "CREATE TABLE kept AS SELECT 1 AS n")
    crash(server)

    with EmbeddedServer(home) as again:
        assert ask(again, "SELECT n FROM kept") == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("shared_buffers", "512MB"),
        ("max_wal_size", "4GB"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", ""),
        ("timezone", "UTC"),
    ],
)
def test_by_default_it_is_set_to_keep_its_word(default_server, setting, value):
    assert ask(default_server, f"SHOW {setting}") == value


@pytest.fixture(scope="module")
def default_server(server_homes):
    with EmbeddedServer(server_homes()) as server:
        yield server


def test_its_texts_sort_by_code_point_everywhere(default_server):
    assert ask(default_server, "SELECT 'aalto' > 'Zeta' AND 'Ä' < 'Å' AND lower('ÄÖ') = 'äö'")


def test_no_port_is_open(server):
    everyone = [postmaster(server), *postmaster(server).children()]

    assert [connection for process in everyone for connection in ports(process)] == []


def ports(process):
    """The ports of a process; none of one that has ended by now, as the server's workers do."""
    with suppress(psutil.NoSuchProcess):
        return process.net_connections("inet")
    return []


def test_it_never_runs_as_root_and_shows_its_folders_to_nobody(server):
    folders = (server.places.server, server.places.data, server.places.logs, server.places.socket)

    assert postmaster(server).uids().real != 0
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert {folder.stat().st_uid for folder in folders} == {postmaster(server).uids().real}


def test_ctrl_c_passes_it_by(server):
    assert os.getsid(postmaster(server).pid) != os.getsid(0)


def test_a_second_owner_is_refused_while_the_first_lives(server, home):
    with pytest.raises(ServerOwned, match="stop it first"):
        EmbeddedServer(home).start()

    assert ask(server, "SELECT 1") == 1


def test_a_server_left_running_is_adopted_by_the_next_owner(server, home):
    before = postmaster(server).pid
    server.leave()

    with EmbeddedServer(home) as next_owner:
        assert postmaster(next_owner).pid == before


def test_a_pid_file_that_names_another_process_does_not_stop_it(home):
    server = EmbeddedServer(home, durable=False)
    with server:
        stale = pid_file(server).read_text().splitlines()
    stale[0] = str(os.getpid())
    pid_file(server).write_text("\n".join(stale))
    server.places.socket_lock.write_text("\n".join(stale))

    with EmbeddedServer(home, durable=False) as again:
        assert ask(again, "SELECT 1") == 1


@pytest.mark.parametrize("rubbish", ["", "rubbish", "-5\n", "999999999\n"])
def test_a_damaged_pid_file_does_not_stop_it(home, rubbish):
    server = EmbeddedServer(home, durable=False)
    with server:
        pass
    pid_file(server).write_text(rubbish)

    with EmbeddedServer(home, durable=False) as again:
        assert ask(again, "SELECT 1") == 1


def test_a_busy_backend_that_outlived_its_server_is_ended(home):
    server = EmbeddedServer(home, durable=False)
    server.start()
    client, orphan = backend(server)
    crash(server)
    outlived = not gone(orphan, 0.5)

    with EmbeddedServer(home, durable=False) as again:
        answer = ask(again, "SELECT 1")
    client.close()

    assert outlived
    assert gone(orphan, 1)
    assert answer == 1


def test_a_start_during_a_shutdown_waits_for_it_and_starts_anew(home):
    server = EmbeddedServer(home, durable=False)
    server.start()
    before = postmaster(server)
    before.send_signal(signal.SIGTERM)
    with connect_or_none(server):
        server.leave()
        with EmbeddedServer(home, durable=False) as again:
            assert ask(again, "SELECT 1") == 1
            assert postmaster(again).pid != before.pid


def connect_or_none(server):
    """A client may or may not get in while the server closes its doors; either way it is closed at the end."""
    try:
        return connect(server.places, "postgres")
    except psycopg.OperationalError:
        return open(os.devnull)  # noqa: PTH123 - something to close


def test_data_of_another_major_version_is_refused_with_the_way_out(home):
    server = EmbeddedServer(home, durable=False)
    with server:
        pass
    (server.places.data / "PG_VERSION").write_text("14\n")

    with pytest.raises(UnsupportedServer, match=r"PostgreSQL 14 and this release brings 18.*dump it"):
        EmbeddedServer(home).start()


def test_a_failed_start_shows_why_and_gives_the_ownership_back(home):
    server = EmbeddedServer(home, durable=False)
    with server:
        pass
    control = server.places.data / "global" / "pg_control"
    control.rename(control.with_name("away"))

    for _ in range(2):
        with pytest.raises(ServerFailed, match="could not find the database system"):
            EmbeddedServer(home).start()

    assert running_url(home) is None


def test_a_data_folder_is_made_whole_or_not_at_all(empty_home):
    server = EmbeddedServer(empty_home, durable=False)
    half = server.places.server / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")

    with server:
        assert ask(server, "SELECT 1") == 1

    assert not half.exists()


def test_a_home_that_cannot_be_made_is_one_sentence(home):
    (home / "file").write_text("")

    with pytest.raises(ServerFailed, match=r"The database cannot use .*file"):
        EmbeddedServer(home / "file" / "home").start()


def test_a_long_path_gets_a_short_socket(empty_home):
    long = empty_home / ("x" * 100)

    with EmbeddedServer(long, durable=False) as server:
        assert len(bytes(server.places.socket)) < 88
        assert server.places.socket.stat().st_mode & 0o777 == 0o700
        assert ask(server, "SELECT 1") == 1

    server.places.socket.rmdir()


def test_a_socket_folder_that_is_a_link_is_a_trap(empty_home, tmp_path):
    server = EmbeddedServer(empty_home, durable=False)
    server.places.server.mkdir(parents=True)
    server.places.socket.symlink_to(tmp_path)

    with pytest.raises(ServerFailed, match="belongs to another user"):
        server.start()


def test_the_starter_enters_as_our_roles_and_as_no_other(server):
    migrate(server.places.url())
    run(server, "CREATE ROLE stranger LOGIN")

    with psycopg.connect(
        make_url(server.places.url("luukku_web")).render_as_string().replace("+psycopg", "")
    ) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("luukku_web",)
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(server.places.url("stranger").replace("+psycopg", ""))


@ROOTS_ONLY
def test_another_account_of_the_machine_does_not_enter(server):
    migrate(server.places.url())
    psql = [str(Programs.of_wheel().path("psql")), "-h", str(server.places.socket), "-U", "luukku_web", "luukku"]

    done = subprocess.run([*psql, "-c", "SELECT 1"], user="nobody", cwd="/", capture_output=True, check=False)

    assert done.returncode != 0


def test_the_log_repeats_no_value_of_a_refused_statement(server):
    for statement in (f"SELECT '{HETU}'::date", f"SELECT '{HETU}'::integer", f"SELECT * FROM none WHERE n = '{HETU}'"):
        with pytest.raises(psycopg.Error):
            run(server, statement)

    logs = "".join(path.read_text() for path in [*server.places.logs.iterdir(), server.places.server / "start.log"])

    assert "ready to accept connections" in logs
    assert HETU not in logs


def test_the_callers_variables_speak_of_another_server(home, monkeypatch):
    for name, value in {
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGDATA": "/nowhere",
        "PGSSLMODE": "verify-full",
    }.items():
        monkeypatch.setenv(name, value)

    with EmbeddedServer(home, durable=False) as server:
        assert ask(server, "SELECT 1") == 1


@ROOTS_ONLY
def test_where_the_account_cannot_reach_the_home_the_data_goes_elsewhere(empty_home):
    closed, elsewhere = empty_home / "closed", empty_home / "elsewhere"
    closed.mkdir(mode=0o700)

    for _ in range(2):
        with EmbeddedServer(closed, elsewhere=elsewhere, durable=False) as server:
            answer = ask(server, "SELECT 1")

    assert answer == 1
    assert server.places.data == elsewhere / "server" / "data"
    assert closed.stat().st_mode & 0o777 == 0o700


@ROOTS_ONLY
def test_where_the_account_cannot_reach_the_programs_a_copy_of_them_runs(empty_home):
    (empty_home / "closed").mkdir(mode=0o700)
    programs = Programs.of_wheel().copied_to(empty_home / "closed")
    elsewhere = empty_home / "elsewhere"

    with EmbeddedServer(empty_home, programs=programs, elsewhere=elsewhere, durable=False) as server:
        program = postmaster(server).exe()

    assert program.startswith(str(elsewhere))


@ROOTS_ONLY
def test_where_the_account_reaches_nothing_the_sentence_names_the_way_out(empty_home):
    closed = empty_home / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(ServerFailed, match="set LUUKKU_DB_DIR"):
        EmbeddedServer(closed, elsewhere=closed / "elsewhere").start()


@ROOTS_ONLY
@pytest.mark.parametrize(("account", "sentence"), [("root", "names root"), ("nobody-known", "no such account")])
def test_a_wrong_account_is_one_sentence(empty_home, account, sentence):
    with pytest.raises(ServerFailed, match=sentence):
        EmbeddedServer(empty_home, account=account).start()


@ROOTS_ONLY
def test_the_named_account_is_taken(empty_home):
    with EmbeddedServer.of_environ(empty_home, {"LUUKKU_DB_ACCOUNT": "nobody"}) as server:
        assert postmaster(server).username() == "nobody"


@ROOTS_ONLY
def test_an_ordinary_user_runs_it_as_themself(empty_home):
    """Become another user in a child, for all the rest of its life, and start, use and stop a server there."""
    os.chown(empty_home, 65534, 65534)
    child = os.fork()
    if child == 0:
        os._exit(_start_and_stop_as(65534, empty_home))

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _start_and_stop_as(uid, home):
    try:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        with EmbeddedServer(home / "own", durable=False) as server:
            migrate(server.places.url())
            return 0 if postmaster(server).uids().real == uid else 1
    except BaseException:  # noqa: BLE001 - a forked child must not return into the test run
        return 2


def test_a_server_that_hangs_is_neither_waited_for_for_ever_nor_killed(home, monkeypatch):
    server = EmbeddedServer(home, durable=False)
    server.start()
    monkeypatch.setattr("db.embedded.launch.START_TIMEOUT_S", 0.1)
    monkeypatch.setattr("db.embedded.launch.STOP_TIMEOUT_S", 0.1)
    process = postmaster(server)
    process.suspend()
    server.leave()

    with pytest.raises(ServerFailed, match="does not answer"):
        EmbeddedServer(home, durable=False).start()
    with pytest.raises(ServerFailed, match="does not stop"):
        server.stop()
    alive = not gone(process, 0)
    process.resume()

    assert alive
    assert gone(process, 10)


def test_an_orphan_that_does_not_listen_is_killed(home, monkeypatch):
    monkeypatch.setattr("db.embedded.processes._ORPHAN_TIMEOUT_S", 0.2)
    server = EmbeddedServer(home, durable=False)
    server.start()
    client, orphan = backend(server)
    orphan.suspend()
    crash(server)

    with EmbeddedServer(home, durable=False) as again:
        answer = ask(again, "SELECT 1")
    client.close()

    assert gone(orphan, 1)
    assert answer == 1


def test_memory_still_in_use_is_waited_for(home, monkeypatch):
    server = EmbeddedServer(home, durable=False)
    server.start()
    client, _ = backend(server)
    crash(server)
    end_orphans, calls = processes.end_orphans, []

    def miss_them_at_first(data):
        calls.append(data)
        if len(calls) > 2:
            end_orphans(data)

    monkeypatch.setattr(processes, "end_orphans", miss_them_at_first)

    with EmbeddedServer(home, durable=False) as again:
        answer = ask(again, "SELECT 1")
    client.close()

    assert len(calls) == 3
    assert answer == 1


def test_a_data_folder_that_cannot_be_made_shows_why_and_leaves_nothing(empty_home, monkeypatch):
    monkeypatch.setattr("db.embedded.cluster.SUPERUSER", "pg_reserved")
    server = EmbeddedServer(empty_home)

    with pytest.raises(ServerFailed, match="could not make its data folder"):
        server.start()

    assert list(server.places.server.iterdir()) == []


def test_airflow_s_database_stands_beside_ours(server):
    migrate(server.places.url())

    urls = [airflow_url(server.places.url()) for _ in range(2)]

    assert urls[0] == urls[1]
    with connected(urls[0]) as connection:
        connection.exec_driver_sql("CREATE TABLE dag ()")
        where = connection.exec_driver_sql("SELECT current_user, current_database()").one()
    assert tuple(where) == ("luukku_airflow", "luukku_airflow")
