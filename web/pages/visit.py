"""One visit of a page: who, in which language, with which form, and the doors to what it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from starlette.responses import HTMLResponse, RedirectResponse, Response

from audit.events import Actor, Event, EventType, RetentionClass
from audit.log import Disclosure, Sealer, record
from audit.witnessing import Policy
from connectors.store import Store
from db.engine import Database, Transaction
from db.ids import uuid7
from db.keys import Keyring
from publish.representing import Register
from web.pages.forms import Form
from web.pages.languages import Language
from web.pages.render import Frame, render
from web.pages.texts import Texts
from web.sessions import Role, Session


class NotThere(Exception):
    """There is no such page, or not for who asks: both look alike (PAGES.md 1)."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What pages reach: the database under the web's login, the log, the store, the keys, the clock, our own address, who witnesses.

    ``register``: who tells of mandates; without one no representative is heard.
    """

    database: Database
    sealer: Sealer
    store: Store
    keyring: Keyring
    clock: Callable[[], datetime]
    origin: str
    witnesses: Policy = field(default_factory=Policy)
    register: Register | None = None

    @property
    def artificial_only(self) -> bool:
        """Whether identity codes of real people are refused: under keys that are for trying out."""
        return self.keyring.development


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit; ``path`` holds the parts of the address that its route names, ``at`` is when it came; ``looks``: what it looked at."""

    doors: Doors
    session: Session | None
    language: Language
    at: datetime
    address: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    cookies: Mapping[str, str] = field(repr=False)
    form: Form = field(repr=False)
    looks: list[Event] = field(default_factory=list, repr=False)

    @property
    def signed_in(self) -> Session:
        """The session, on a page that asks for one."""
        assert self.session is not None
        return self.session

    @property
    def office(self) -> str:
        """The office (Y-tunnus) that a steward or a case worker works for."""
        office = self.signed_in.who.office
        assert office is not None
        return office

    def page(self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: object) -> Response:
        """Answer with a page in the visitor's language."""
        return HTMLResponse(render(template, self._frame(), **values), status)

    def faults(self, page: str, codes: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Say of fields what is wrong, by the texts of a page: (field, key) becomes (field, sentence)."""
        texts = Texts(page, self.language)
        return [(field_, texts(key)) for field_, key in codes]

    def to(self, address: str) -> Response:
        """Send the browser on, by ``GET``."""
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)

    def actor(self) -> Actor:
        """Say who acts, for the log."""
        who = self.signed_in.who
        on_behalf = who.person_id if who.role is Role.PERSON else None
        return Actor(org=who.office, user=who.subject, role=who.role.value, on_behalf=on_behalf)

    def tell(self, tx: Transaction, type_: EventType, **named: object) -> UUID:
        """Record that this visit changed something, in the transaction of the change; give the event's id."""
        event = self._event(type_, **named)
        record(tx, event)
        return event.id

    def looked(self, type_: EventType, **named: object) -> None:
        """Say what this visit looked at: it is sealed before a byte of the answer leaves (``seal``)."""
        self.looks.append(self._event(type_, **named))

    def seal(self) -> None:
        """Seal what was looked at. Raises ``LogUnavailable``: then nothing may be shown (ACCESS-LOG 1)."""
        for event in self.looks:
            self.doors.sealer.seal(Disclosure(event=event))

    def _event(self, type_: EventType, **named: object) -> Event:
        retention = named.pop("retention", RetentionClass.ADMIN)
        return Event(
            id=uuid7(self.at),
            at=self.at,
            type=type_,
            actor=self.actor(),
            retention=retention,  # type: ignore[arg-type] # a member of Event, given by name
            **named,  # type: ignore[arg-type] # as above
        )

    def _frame(self) -> Frame:
        return Frame(language=self.language, session=self.session, address=self.address)
