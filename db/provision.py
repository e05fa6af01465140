"""Make the roles that are missing, or say in SQL what somebody with more rights should run."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from db import logins
from db.engine import Login
from db.errors import MissingRights, SetUpRefused
from db.roles import AIRFLOW_LOGIN, memberships, wanted

_ROLES = "SELECT rolname FROM pg_roles"
_MEMBERS = "SELECT pg_get_userbyid(roleid), pg_get_userbyid(member) FROM pg_auth_members"
_MAY_CREATE = "SELECT has_database_privilege(%s, current_database(), 'CREATE')"
_MAY_BECOME = """
    SELECT pg_has_role(
        current_user, %s, CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END)
"""


def provide_roles(connection: Connection, secrets: Path | None) -> None:
    """Make the roles, memberships and rights that are missing, all or none."""
    statements = _missing(connection, secrets)
    try:
        with connection.begin_nested():
            for statement in statements:
                connection.exec_driver_sql(statement)
    except ProgrammingError:
        sql = "".join(f"{statement};\n" for statement in statements)
        sentence = "The user of LUUKKU_DATABASE_URL may not make Luukku's roles; somebody who may runs this SQL first."
        raise MissingRights(sentence, sql=sql) from None


def _missing(connection: Connection, secrets: Path | None) -> list[str]:
    present = set(connection.exec_driver_sql(_ROLES).scalars())
    roles = _missing_roles(connection, present, secrets)
    return [*roles, *_missing_memberships(connection), *_missing_rights(connection, present)]


def _missing_roles(connection: Connection, present: set[str], secrets: Path | None) -> Iterator[str]:
    verifiers: dict[str, str] = {}
    if secrets is not None:
        _refuse_foreign(present, secrets)
        verifiers = logins.verifiers(connection, logins.made(secrets))
    return (role.create() for role in wanted(verifiers) if role.name not in present)


def _refuse_foreign(present: set[str], secrets: Path) -> None:
    """Refuse logins whose secrets are held elsewhere: new ones would lock out the instance that made them."""
    held = logins.read(secrets)
    foreign = [role.name for role in wanted({}) if role.login and role.name in present and role.name not in held]
    if foreign:
        raise SetUpRefused(f"The server has the role {foreign[0]} already, and its secret is not in {secrets}.")


def _missing_memberships(connection: Connection) -> Iterator[str]:
    present = {(group, member) for group, member in connection.exec_driver_sql(_MEMBERS)}
    return (f"GRANT {group} TO {member}" for group, member in memberships() if (group, member) not in present)


def _missing_rights(connection: Connection, present: set[str]) -> Iterator[str]:
    """Yield what lets the migrations run as the owner, and a database be made for Airflow's login."""
    if not _has(connection, present, Login.OWNER, _MAY_CREATE):
        database = connection.exec_driver_sql("SELECT quote_ident(current_database())").scalar_one()
        yield f"GRANT CREATE ON DATABASE {database} TO {Login.OWNER}"
    for role in (Login.OWNER, AIRFLOW_LOGIN):
        if not _has(connection, present, role, _MAY_BECOME):
            user = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar_one()
            yield f"GRANT {role} TO {user}"


def _has(connection: Connection, present: set[str], role: str, question: str) -> bool:
    return role in present and bool(connection.exec_driver_sql(question, (str(role),)).scalar_one())
