"""``./luukku verify``: the whole log hashed again where it lies, against the keys and the fence that lie outside the database."""

import sys
from typing import Final

from audit.fence import Fence
from audit.verify import exit_code, trusting, verify_database
from audit.verify.findings import Finding, Summary
from cli import house
from cli.settings import Settings
from db.embedded import running_url
from db.engine import Login
from db.environment import Environment
from db.keys import Keyring, Use

POOL: Final = 2


def verify(settings: Settings) -> int:
    """Print one JSON line per finding, then a summary; 0 verified, 1 refuted, 3 something could not be checked."""
    beside_a_start = settings.database_url or running_url(settings.home)
    if beside_a_start is not None:
        return _verified(settings.environment(beside_a_start))
    with house.opened(settings) as ground:
        return _verified(ground.environment)


def _verified(environment: Environment) -> int:
    keyring = Keyring.open(environment.keyring_path, {Use.CHECKPOINT})
    trust = trusting(keyring, Fence(environment.home / "fence"))
    findings: list[Finding] = []
    with environment.database(Login.VERIFIER, pool_size=POOL) as database:
        for line in verify_database(database, trust):
            sys.stdout.write(line.line() + "\n")
            if not isinstance(line, Summary):
                findings.append(line)
    return exit_code(findings)
