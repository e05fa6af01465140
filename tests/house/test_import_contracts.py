"""Each import contract breaks on a planted import: a warden that never barks is no warden."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = [contract["name"] for contract in SETTINGS["contracts"]]
PLANTED = {
    "schemas/vocabulary.py": "import polars\nimport web.app",
    "schemas/codes.py": "import great_expectations\nimport lxml\nimport jwt\nimport typer",
    "audit/events.py": "import sqlalchemy\nimport psycopg\nimport cryptography\nimport airflow\nimport fastapi\nimport httpx",
    "audit/tree.py": "import audit.log",
    "audit/log.py": "import audit.tree",
    "connectors/te.py": "import connectors.kela",
    "dags/pull_te.py": "import dags.pull_kela",
    "simulators/xroad.py": "import db.engine",
    "publish/gate.py": "import simulators.xroad\nimport connectors.tables",
    "web/app.py": "import publish.queries\nimport web.sign_in.provider\nimport jinja2",
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory) -> str:
    copy = tmp_path_factory.mktemp("planted")
    for package in SETTINGS["root_packages"]:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for module, imports in PLANTED.items():
        path = copy / module if (copy / module).exists() else copy / module.removesuffix(".py") / "__init__.py"
        path.write_text(f"{path.read_text()}\n{imports}\n")
    environ = {**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "300"}
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    return subprocess.run(command, cwd=copy, env=environ, check=False, capture_output=True, text=True).stdout


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_planted_import_breaks_the_contract(contract: str, verdicts: str):
    assert re.search(rf"{re.escape(contract)}.*BROKEN", verdicts), verdicts[-4000:]
