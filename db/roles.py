"""The roles of the server: a login per kind of process, groups for what they may, and none that may everything."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.engine import Login

AIRFLOW_LOGIN = "luukku_airflow"
"""Airflow's own role for its own database; it may nothing in ours."""

AUDIT_OWNER = "audit_owner"
AUDIT_READER = "audit_reader"
"""Stands between the web process and the three kinds of reader: it does not inherit, so the web process may take one of
them on (SET LOCAL ROLE) for one request, and never holds all at once, where the widest would win."""

GROUPS = (
    AUDIT_OWNER,
    AUDIT_READER,
    "audit_append",
    "audit_sequence",
    "audit_person",
    "audit_steward",
    "audit_auditor",
    "audit_reveal",
    "audit_prune",
)
"""Roles without login (ACCESS-LOG.md 4); what each may is granted by the migration that makes it possible."""

MEMBERS: Mapping[str, tuple[str, ...]] = {
    AUDIT_OWNER: (Login.OWNER,),
    AUDIT_READER: (Login.WEB,),
    "audit_append": (Login.CONNECTOR, Login.PUBLISHER, Login.WEB, Login.KEEPER, Login.RECONCILER),
    "audit_sequence": (Login.SEQUENCER,),
    "audit_person": (AUDIT_READER,),
    "audit_steward": (AUDIT_READER,),
    "audit_auditor": (AUDIT_READER, Login.VERIFIER, Login.RECONCILER),
    "audit_reveal": (AUDIT_READER,),
    "audit_prune": (Login.SEQUENCER,),
}
"""Who belongs to which group."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the house; ``verifier`` is its SCRAM secret as the server keeps it, None where no password is used."""

    name: str
    login: bool
    verifier: str | None = None

    def create(self) -> str:
        """Return the statement that makes it."""
        login = " LOGIN" if self.login else " NOLOGIN"
        inherit = " NOINHERIT" if self.name == AUDIT_READER else ""
        password = f" PASSWORD '{self.verifier}'" if self.verifier else ""
        return f"CREATE ROLE {self.name}{login}{inherit}{password}"


def wanted(verifiers: Mapping[str, str]) -> Iterator[Role]:
    """Yield every role of the house, logins with their verifier if they have one."""
    for login in (*Login, AIRFLOW_LOGIN):
        yield Role(str(login), login=True, verifier=verifiers.get(login))
    for group in GROUPS:
        yield Role(group, login=False)


def memberships() -> Iterator[tuple[str, str]]:
    """Yield (group, member)."""
    return ((group, str(member)) for group, members in MEMBERS.items() for member in members)
