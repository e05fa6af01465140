"""The scan of a whole run: every process looks as it goes, through its files at the end, and the first through what is left, and judges."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.privacy.collected import FOUND, LOOKED, look, look_into_error, look_into_file
from tests.privacy.searched import Kind, lines

UNREAD = {".png", ".jpg", ".gif", ".py", ".toml"}
"""Pictures hold no letters; the others are copies of our own source, which names the made-up people, for tests that break it."""

SHOWN = "up.txt"
"""What `up` says to who started it: its worked call shows a made-up person as a municipality sees them."""

EMPTY = ("pg_wal", "base/1", "base/4", "base/5")
"""Of a PostgreSQL: what also stands in its tables, and the databases that it makes itself; nobody writes into these."""

PROBLEM = "application/problem+json"
MEBIBYTE = 1 << 20


class Scan:
    """A plugin of pytest. The folders of tests and ``folders`` are looked through at the end, but for what lies in one of ``but``."""

    def __init__(self, config: pytest.Config, *, folders: Sequence[Path] = (), but: tuple[Path, ...] = ()) -> None:
        self._config = config
        self._folders = folders
        self._but = but
        self._patches = pytest.MonkeyPatch()
        self._listen()

    @property
    def _is_worker(self) -> bool:
        return hasattr(self._config, "workerinput")

    def _listen(self) -> None:
        """Look through each error that a test waits for, and all that a command it ran has said."""
        filled, communicated = pytest.ExceptionInfo.fill_unfilled, subprocess.Popen.communicate

        def fill(info, raised):
            look_into_error(raised[1])
            return filled(info, raised)

        def communicate(process, *arguments, **named):
            said = communicated(process, *arguments, **named)
            for output in said:
                look(output or b"", where="the output of a command")
            return said

        self._patches.setattr(pytest.ExceptionInfo, "fill_unfilled", fill)
        self._patches.setattr(subprocess.Popen, "communicate", communicate)

    def pytest_collection_finish(self) -> None:
        """Look through each refusal of the web, where any test has asked for it."""
        loaded = sys.modules.get("starlette.testclient")
        if loaded is None:
            return
        requested = loaded.TestClient.request

        def request(client, *arguments, **named):
            answer = requested(client, *arguments, **named)
            if answer.headers.get("content-type") == PROBLEM:
                look(answer.content, where="a refusal of the web")
            return answer

        self._patches.setattr(loaded.TestClient, "request", request)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look through what was logged and printed while a test ran, by it and by what it started."""
        if not self._is_worker:
            for name, content in report.sections:
                said = name.lower().removeprefix("captured ").rpartition(" ")[0]
                look(content, where=f"the {said} of {report.nodeid.partition('[')[0]}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take over what a worker has found, and where it has looked; of one that broke down all is left to look at."""
        told = getattr(node, "workeroutput", {}).get("privacy", {"found": [], "looked": {}, "folders": []})
        FOUND.update({(Kind(kind), where): count for kind, where, count in told["found"]})
        LOOKED.update(told["looked"])
        self._but += tuple(map(Path, told["folders"]))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look through the files; tell the first process what was found, which lets the run fail if there is anything."""
        for path in self._files():
            look_into_file(path)
        if self._is_worker:
            told = [(kind.value, where, count) for (kind, where), count in FOUND.items()]
            folders = [str(folder) for folder in self._all_folders()]
            self._config.workeroutput["privacy"] = {"found": told, "looked": dict(LOOKED), "folders": folders}
            return
        if FOUND and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was found and where; never the value."""
        if FOUND:
            terminalreporter.section("personal data where there may be none", red=True)
            for line in lines(FOUND):
                terminalreporter.write_line(line)
        looked = sum(LOOKED.values()) / MEBIBYTE
        terminalreporter.write_line(f"Looked through {looked:.0f} MiB of entries, logs, errors and files.")

    def pytest_unconfigure(self) -> None:
        """Listen no more."""
        self._patches.undo()

    def _all_folders(self) -> tuple[Path, ...]:
        return self._config._tmp_path_factory.getbasetemp(), *self._folders

    def _files(self) -> Iterator[Path]:
        for path in {path for folder in self._all_folders() for path in folder.rglob("*")}:
            if path.is_file() and not path.is_symlink() and self._is_to_be_read(path):
                yield path

    def _is_to_be_read(self, path: Path) -> bool:
        of_a_server = any(f"/data/{part}/" in str(path) for part in EMPTY)
        return (
            path.suffix not in UNREAD
            and path.name != SHOWN
            and not of_a_server
            and not any(path.is_relative_to(each) for each in self._but)
        )
