"""Each night the register of mandates is asked about whoever's word a consent rests on, before the last answer lapses (CONSENT.md 4)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from connectors.errors import ConnectorError
from connectors.mandates import Mandates, mandates
from connectors.queries import trying
from connectors.transport import Http
from consent.queries import voices
from consent.registry import By
from db.engine import Database, Login
from db.environment import Environment
from db.ids import uuid7
from publish import speaking
from publish.errors import NoAnswers
from publish.speaking import Ask

UNTIL_THE_NEXT: Final = timedelta(hours=25)
"""A night and an hour: who is not asked about tonight is asked about in time tomorrow."""
MOST_PEOPLE: Final = 5_000
MOST_IN_A_ROW: Final = 3
"""So many people in a row without an answer, and the register is taken to be away."""
KEEPER: Final = By(user="keeper", role="system")
Clock = Callable[[], datetime]


def ask_due(environment: Environment, http: Http, *, now: Clock) -> dict[str, int]:
    """Ask, record the answers with what follows from them, and give how many came.

    Under the login of the web, which alone holds the keys of receipts; identity codes are read under the connectors'. Raises NoAnswers
    when about somebody none came: then the others' stand, and asking again goes on from there.
    """
    with (
        environment.database(Login.WEB, pool_size=1) as database,
        environment.database(Login.CONNECTOR, pool_size=1) as connector,
    ):
        with database.read() as read:
            at = now()
            people = voices.relied_on(read, at=at, until=at + UNTIL_THE_NEXT, limit=MOST_PEOPLE)
        register = reached(environment, connector, http, now) if people else None
        if register is None:
            return {"due": len(people), "answers": 0}
        return {"due": len(people), "answers": _asked(database, speaking.asking(connector, register), people, now)}


def reached(environment: Environment, connector: Database, http: Http, now: Clock) -> Mandates | None:
    """Reach the register in the name under which the sources are asked; None where no register is named, or nobody is asked yet."""
    with connector.read() as read:
        client = next((each.client for each in trying.connections(read) if each.state == "live"), None)
    if client is None or not environment.mandates:
        return None
    return mandates(
        http,
        security_server=environment.security_server,
        client=client,
        service=environment.mandates,
        new_id=lambda: str(uuid7(now())),
        issue=f"AUTHORITY-{now():%Y-%m-%d}",
    )


def _asked(database: Database, ask: Ask, people: Sequence[UUID], now: Clock) -> int:
    """Ask about each person by themselves: one answer that is broken keeps nobody else's away."""
    answers = silent = in_a_row = 0
    for person_id in people:
        try:
            answers += speaking.refresh(database, ask, person_id, by=KEEPER, at=now(), ahead=UNTIL_THE_NEXT)
            in_a_row = 0
        except ConnectorError:
            silent, in_a_row = silent + 1, in_a_row + 1
            if in_a_row == MOST_IN_A_ROW:
                break
    if silent:
        raise NoAnswers(
            f"{answers} answers came; about {silent} of {len(people)} people the register of mandates gave none."
        )
    return answers
