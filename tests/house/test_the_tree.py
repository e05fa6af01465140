"""The tree is the architecture: what stands at the top, and what no file may hold."""

import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"schemas", "db", "audit", "consent", "connectors", "publish", "web", "dags", "cli", "simulators", "bench"}
DAG_LINES = 40


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_package_stands_at_the_top_but_the_eleven():
    top = {path.relative_to(ROOT).parts[0] for path in tracked_files() if path.name == "__init__.py"}

    assert top - {"tests"} == PACKAGES


def test_the_wheel_and_the_import_contracts_name_the_same_eleven():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert set(settings["tool"]["uv"]["build-backend"]["module-name"]) == PACKAGES
    assert set(settings["tool"]["importlinter"]["root_packages"]) == PACKAGES


def test_no_locked_distribution_ships_a_package_of_our_name():
    shippers = packages_distributions()

    assert {name: shippers[name] for name in PACKAGES if set(shippers.get(name, ())) - {"luukku"}} == {}


def test_a_dag_file_is_a_timetable_of_forty_lines_at_most():
    too_long = {path.name for path in (ROOT / "dags").glob("*.py") if len(path.read_text().splitlines()) > DAG_LINES}

    assert too_long == set()


def test_no_file_names_a_package_registry():
    host = re.compile(r"py" r"pi\.org|files\.python" r"hosted|registry\.npm" r"js|deb\.deb" r"ian", re.IGNORECASE)

    naming = {str(path.relative_to(ROOT)) for path in tracked_files() if host.search(path.read_text(errors="ignore"))}

    assert naming == set()
