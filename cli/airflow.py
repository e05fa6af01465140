"""Airflow as Luukku runs it: its configuration, its components, and the few questions asked over its own interface."""

import json
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from cli.processes import Child, Children
from cli.settings import HOST, ROOT, Settings
from connectors import stages

OPERATOR: Final = "operator"
ANSWER_TIMEOUT_S: Final = 60
READY_TIMEOUT_S: Final = 120
PARALLEL_TASKS: Final = 4
COMPONENTS: Final = ("api-server", "scheduler", "dag-processor")
FINAL_STATES: Final = frozenset({"success", "failed"})


def configuration(settings: Settings, database_url: str) -> dict[str, str]:
    """Spell Airflow's settings as environment variables: everything on this host, in one database, without examples.

    All addresses come from one port setting, or tasks would call Airflow's default port (PIPELINE.md 2.6).
    """
    home = settings.home / "airflow"
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(PARALLEL_TASKS),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "Europe/Helsinki",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{settings.airflow_url}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{OPERATOR}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(home)),
        "AIRFLOW__CORE__FERNET_KEY": "",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(settings.ports.airflow),
        "AIRFLOW__API__BASE_URL": settings.airflow_url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": _secret(home / "secret-key"),
        "AIRFLOW__API_AUTH__JWT_SECRET": _secret(home / "jwt-secret"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database_url,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": database_url,
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "60",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(settings.ports.worker_logs),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(settings.ports.trigger_logs),
        "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
        "AIRFLOW__OPENLINEAGE__DISABLE_SOURCE_CODE": "True",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "GX_ANALYTICS_ENABLED": "false",
        **stages.WORKER,
    }


def start(children: Children, values: Mapping[str, str]) -> list[Child]:
    """Start the components that we need; nothing is deferred, so there is no triggerer."""
    return [children.start(f"airflow-{name}", [sys.executable, "-m", "airflow", name], values) for name in COMPONENTS]


@dataclass(frozen=True, slots=True)
class Airflow:
    """A running Airflow, asked over its public interface (API v2)."""

    url: str
    token: str

    @classmethod
    def sign_in(cls, settings: Settings) -> "Airflow":
        """Take a token with the operator's password."""
        answer = _ask(
            f"{settings.airflow_url}/auth/token", {"username": OPERATOR, "password": password(settings)}, token=None
        )
        return cls(settings.airflow_url, answer["access_token"])

    def knows(self, dag: str) -> bool:
        """Whether the DAG file has been read."""
        try:
            self._get(f"dags/{dag}")
        except urllib.error.HTTPError as error:
            if error.code == 404:  # noqa: PLR2004 - not found
                return False
            raise
        return True

    def trigger(self, dag: str, conf: Mapping[str, object]) -> str:
        """Start a run by hand and give its id; our runs carry no logical date (PIPELINE.md 2.5)."""
        body = {"logical_date": None, "conf": dict(conf)}
        return str(_ask(f"{self.url}/api/v2/dags/{dag}/dagRuns", body, token=self.token)["dag_run_id"])

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """List the newest runs, newest first."""
        runs: list[dict[str, Any]] = self._get(f"dags/{dag}/dagRuns?order_by=-run_after&limit=50")["dag_runs"]
        return runs

    def run(self, dag: str, run_id: str) -> dict[str, Any]:
        """Describe one run."""
        return self._get(f"dags/{dag}/dagRuns/{quote(run_id, safe='')}")

    def tasks(self, dag: str, run_id: str) -> list[dict[str, Any]]:
        """Describe the task instances of one run."""
        tasks: list[dict[str, Any]] = self._get(f"dags/{dag}/dagRuns/{quote(run_id, safe='')}/taskInstances?limit=500")[
            "task_instances"
        ]
        return tasks

    def result(self, dag: str, run_id: str, task: str) -> Any | None:
        """Read what an unmapped task returned (paths and counts only), or None when it returned nothing."""
        path = f"dags/{dag}/dagRuns/{quote(run_id, safe='')}/taskInstances/{task}/xcomEntries/return_value?deserialize=true"
        try:
            return self._get(path)["value"]
        except urllib.error.HTTPError:
            return None

    def _get(self, path: str) -> dict[str, Any]:
        return _ask(f"{self.url}/api/v2/{path}", None, token=self.token)


def healthy(settings: Settings) -> bool:
    """Whether the scheduler and the DAG processor say that they are alive."""
    try:
        health = _ask(f"{settings.airflow_url}/api/v2/monitor/health", None, token=None)
    except OSError:
        return False
    return all(
        (health.get(part) or {}).get("status") == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")
    )


def password(settings: Settings) -> str:
    """Read the operator's password for Airflow's pages."""
    return str(json.loads(_passwords(settings.home / "airflow").read_text())[OPERATOR])


def _passwords(home: Path) -> Path:
    path = home / "passwords.json"
    if not path.exists():
        _write_private(path, json.dumps({OPERATOR: secrets.token_urlsafe(12)}))
    return path


def _secret(path: Path) -> str:
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(48))
    return path.read_text()


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def _ask(url: str, body: Mapping[str, object] | None, *, token: str | None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - our own http address on this host
    with urllib.request.urlopen(request, timeout=ANSWER_TIMEOUT_S) as answer:  # noqa: S310 - as above
        parsed: dict[str, Any] = json.load(answer)
    return parsed
