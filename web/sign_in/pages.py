"""The pages of signing in and out; who may not enter is told that, and the log by which rule."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from audit.events import Actor, Event, EventType, Outcome, RequestRef, RetentionClass
from audit.log import record
from db.engine import Transaction
from db.ids import uuid7
from web import sessions
from web.pages.languages import Language
from web.pages.routes import LANGUAGE_COOKIE, SESSION_COOKIE, SIGN_IN, Page
from web.pages.visit import NotThere, Visit
from web.sign_in import flow
from web.sign_in.flow import Wanted
from web.sign_in.identity import NotSignedIn
from web.sign_in.provider import Provider, ProviderFailed

BROWSER_COOKIE: Final = "__Host-sign-in"
BACK: Final = "/sign-in/back"
ANEW: Final = "/sign-in/anew"
LANGUAGE_KEPT_S: Final = 365 * 24 * 3600
TOLD: Final = ("two_roles", "no_role", "given_up", "another", "not_anew")
"""Refusals that a page explains each in its own words."""
_log = logging.getLogger("luukku.web")


@dataclass(frozen=True, slots=True)
class SignIn:
    """The handlers, around the provider that people sign in at."""

    provider: Provider

    def pages(self) -> Sequence[Page]:
        """List them."""
        return (
            Page(path=SIGN_IN, handle=ask),
            Page(path="/sign-in/go", handle=self.go),
            Page(path=ANEW, handle=self.anew),
            Page(path=BACK, handle=self.back, logged=(EventType.SESSION_OPENED, EventType.ACCESS_FAILED)),
            Page(path="/sign-out", method="POST", handle=leave),
            Page(path="/signed-out", handle=left),
            Page(path="/language/{code}", handle=switch),
        )

    def go(self, visit: Visit) -> Response:
        """Send the browser to the provider."""
        return self._sent(visit, Wanted(back_to=local(visit.query.get("back")), long_idle="long" in visit.query))

    def anew(self, visit: Visit) -> Response:
        """Send who is signed in to the provider once more, to prove that it is still them; then back to the same page."""
        back_to = local(visit.query.get("back"))
        if visit.session is None:
            return visit.to(f"{SIGN_IN}?back={quote(back_to, safe='/')}")
        return self._sent(visit, Wanted(back_to=back_to, renews=visit.session.session_hash))

    def _sent(self, visit: Visit, wanted: Wanted) -> Response:
        try:
            with visit.doors.database.transaction() as tx:
                begun = flow.begin(tx, self.provider, wanted, at=visit.at)
        except ProviderFailed as error:
            return _failed(visit, error)
        answer = visit.to(begun.address)
        _set(answer, BROWSER_COOKIE, begun.browser_secret)
        return answer

    def back(self, visit: Visit) -> Response:
        """Take the provider's answer, and open a session or say why not."""
        try:
            with visit.doors.database.transaction() as tx:
                row = flow.take(tx, visit.query, browser_secret=visit.cookies.get(BROWSER_COOKIE, ""), at=visit.at)
            vouched = flow.vouched(self.provider, row, visit.query, at=visit.at)
        except ProviderFailed as error:
            return _failed(visit, error)
        except NotSignedIn as refusal:
            return _refused(visit, refusal)
        return _opened(visit, vouched) if vouched.renews is None else _renewed(visit, vouched)


def ask(visit: Visit) -> Response:
    """Say what this is, and lead to the provider."""
    return visit.page("sign_in.html", back=local(visit.query.get("back")))


def leave(visit: Visit) -> Response:
    """End the session."""
    if visit.session is not None:
        with visit.doors.database.transaction() as tx:
            sessions.close(tx, visit.session)
    answer = visit.to("/signed-out")
    answer.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="lax")
    return answer


def left(visit: Visit) -> Response:
    """Say that it has ended."""
    return visit.page("signed_out.html")


def switch(visit: Visit) -> Response:
    """Keep the choice of a language, and go back to the same page."""
    if visit.path["code"] not in set(Language):
        raise NotThere
    answer = visit.to(local(visit.query.get("back")))
    _set(answer, LANGUAGE_COOKIE, visit.path["code"], max_age=LANGUAGE_KEPT_S)
    return answer


def local(address: str | None) -> str:
    """Let only an address of ours be gone back to: a path, and nothing a browser would read as another host."""
    safe = address is not None and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if safe and address is not None and address.isprintable() else "/"


def _opened(visit: Visit, vouched: flow.Vouched) -> Response:
    """Open a session under a new secret, whatever the browser held before, and go on to the page asked for."""
    with visit.doors.database.transaction() as tx:
        if visit.session is not None:
            sessions.close(tx, visit.session)
        who = flow.who(tx, vouched.identity)
        proved_at = vouched.identity.signed_in_at
        former = None if visit.session is not None else visit.cookies.get(SESSION_COOKIE)
        secret = sessions.open_(
            tx, who, long_idle=vouched.long_idle, signed_in_at=proved_at, at=visit.at, former=former
        )
        _tell_opened(tx, visit, who)
    return _entered(visit, vouched.back_to, secret)


def _renewed(visit: Visit, vouched: flow.Vouched) -> Response:
    """Go on in the same session under a new secret; whoever else proved who they are gets nothing of it."""
    session, proved_at = visit.session, vouched.identity.signed_in_at
    with visit.doors.database.transaction() as tx:
        who = flow.who(tx, vouched.identity)
        same = session is not None and session.session_hash == vouched.renews and session.who == who
        if same and session is not None and proved_at is not None:
            secret = sessions.renew(tx, session, signed_in_at=proved_at, at=visit.at)
            _tell_opened(tx, visit, who)
            return _entered(visit, vouched.back_to, secret)
    return _refused(visit, NotSignedIn("another", subject=vouched.identity.subject))


def _tell_opened(tx: Transaction, visit: Visit, who: sessions.Who) -> None:
    record(tx, _event(visit, EventType.SESSION_OPENED, Actor(org=who.office, user=who.subject, role=who.role.value)))


def _entered(visit: Visit, back_to: str, secret: str) -> Response:
    answer = visit.to(back_to)
    _set(answer, SESSION_COOKIE, secret)
    answer.delete_cookie(BROWSER_COOKIE, secure=True, httponly=True, samesite="lax")
    return answer


def _refused(visit: Visit, refusal: NotSignedIn) -> Response:
    """Say that somebody may not enter; the log hears of it where the provider vouched for who it was."""
    if refusal.subject is not None:
        with visit.doors.database.transaction() as tx:
            call = RequestRef(route=f"GET {BACK}", trust="page", params={"problem": refusal.why})
            record(tx, _event(visit, EventType.ACCESS_FAILED, Actor(user=refusal.subject), call))
    kind = refusal.why if refusal.why in TOLD else "not_held"
    return visit.page("not_signed_in.html", status=HTTPStatus.FORBIDDEN, kind=kind)


def _failed(visit: Visit, error: ProviderFailed) -> Response:
    _log.error("The identity provider failed: %s", error)
    return visit.page("not_signed_in.html", status=HTTPStatus.SERVICE_UNAVAILABLE, kind="provider")


def _event(visit: Visit, type_: EventType, actor: Actor, call: RequestRef | None = None) -> Event:
    return Event(
        id=uuid7(visit.at),
        at=visit.at,
        type=type_,
        outcome=Outcome.OK if type_ is EventType.SESSION_OPENED else Outcome.ERROR,
        actor=actor,
        retention=RetentionClass.ADMIN,
        request=call,
    )


def _set(answer: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    answer.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="lax")
