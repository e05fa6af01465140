"""The SCRAM secrets of our logins on an external server: one each, in a file readable by its owner only."""

import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from db.engine import Login
from db.errors import SetUpRefused
from db.roles import AIRFLOW_LOGIN
from db.server import parsed

_SECRET_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def login_url(url: str, login: Login | str, path: Path) -> str:
    """Return the address of one login on an external server, with its own secret; one that is that login's stays."""
    address = parsed(url)
    if address.username == login:
        return url
    secret = read(path).get(login)
    if secret is None:
        raise SetUpRefused(
            f"The secret of {login} is not in {path}; `./luukku upgrade` makes it where the roles are made."
        )
    return address.set(username=str(login), password=secret).render_as_string(hide_password=False)


def made(path: Path) -> dict[str, str]:
    """Return a secret per login, those that are missing made and written first: a crash must not lose what the server has."""
    held = read(path)
    missing = [login for login in (*Login, AIRFLOW_LOGIN) if login not in held]
    if missing:
        held |= {str(login): secrets.token_urlsafe(_SECRET_BYTES) for login in missing}
        _write(path, held)
    return held


def read(path: Path) -> dict[str, str]:
    """Return the secrets held; none when there is no file yet."""
    if not path.exists():
        return {}
    if path.stat().st_mode & _OTHERS:
        raise SetUpRefused(f"The secrets in {path} can be read by others; run `chmod 600 {path}`.")
    document = json.loads(path.read_bytes())
    return {str(login): str(secret) for login, secret in document.items()}


def verifiers(connection: Connection, held: Mapping[str, str]) -> dict[str, str]:
    """Return each secret as the server keeps it (RFC 5803): from that nobody can log in, so it may be printed."""
    driver = connection.connection.driver_connection
    assert driver is not None
    encrypt = driver.pgconn.encrypt_password
    return {
        login: encrypt(secret.encode(), login.encode(), b"scram-sha-256").decode() for login, secret in held.items()
    }


def _write(path: Path, held: Mapping[str, str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor, made 0600 from its first moment
        json.dump(dict(held), stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
