"""The server's settings and who may come in, written anew at each start."""

from collections.abc import Iterator
from pathlib import Path

from db.embedded.places import PORT, SUPERUSER, Places
from db.engine import Login
from db.roles import AIRFLOW_LOGIN

_ACCESS = "local all all peer map=luukku\n"
_ALWAYS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    # LOG stands above ERROR here: a refused statement's message can quote a value, and the caller is told anyway.
    "log_min_messages": "log",
}
_DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
_FOR_TESTS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "autovacuum": "off",
}


def arguments(places: Places, *, durable: bool) -> Iterator[str]:
    """Yield the settings as arguments of ``postgres``: they win over whatever the data folder says."""
    files = {
        "hba_file": str(places.beside / "pg_hba.conf"),
        "ident_file": str(places.beside / "pg_ident.conf"),
        "unix_socket_directories": f'"{places.socket}"',
        "log_directory": str(places.logs),
    }
    for name, value in (_ALWAYS | (_DURABLE if durable else _FOR_TESTS) | files).items():
        yield from ("-c", f"{name}={value}")


def write_access(places: Places, users: set[str]) -> None:
    """Let the starter and the account in as any of our roles, and nobody else."""
    roles = (SUPERUSER, AIRFLOW_LOGIN, *Login)
    lines = (f'luukku "{user}" {role}\n' for user in sorted(users) for role in roles)
    _write(places.beside / "pg_hba.conf", _ACCESS)
    _write(places.beside / "pg_ident.conf", "".join(lines))


def _write(path: Path, text: str) -> None:
    """Write beside and put in place; readable for the server's account, and secret to nobody."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.chmod(0o644)
    beside.replace(path)
