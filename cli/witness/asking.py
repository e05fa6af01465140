"""Our own witnesses: asked over HTTP when the log has grown, at most each minute, and how many of them have followed."""

import contextlib
import json
import threading
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Final

from audit.errors import BadPolicy
from audit.witness import MAX_BODY_BYTES, Reply
from audit.witnessing import EVERY_S, Asked, Policy, Standing, ask_all, standing
from cli import house
from cli.settings import Refusal, Settings
from db.clock import now
from db.engine import Login
from db.environment import Environment
from db.errors import DatabaseError
from publish.reconciling.witnesses import ALARMS, tell_disagreement

PATIENCE_S: Final = 10
SCHEMES: Final = ("https://", "http://127.0.0.1:", "http://localhost:")


def policy_of(home: Path) -> Policy:
    """Read who our witnesses are; without the file there are none. Raises Refusal."""
    try:
        policy = Policy.of(home)
    except BadPolicy as error:
        raise Refusal(str(error)) from None
    if any(not known.url.startswith(SCHEMES) for known in policy.witnesses):
        raise Refusal("A witness on another machine is asked over https.")
    return policy


def ask(settings: Settings) -> tuple[str, int]:
    """Ask each witness once; gives a JSON line each, and 1 when one has seen another history than ours."""
    with house.reached(settings) as environment:
        asked = _asked(environment, policy_of(settings.home))
    lines = [json.dumps({"witness": each.witness, "outcome": each.outcome, "size": each.size}) for each in asked]
    return "".join(f"{line}\n" for line in lines), int(any(each.outcome in ALARMS for each in asked))


def status(settings: Settings) -> str:
    """Tell k of n, the newest size, the largest that k witnesses cosigned, and where each of them stands."""
    with (
        house.reached(settings) as environment,
        environment.database(Login.VERIFIER, pool_size=1) as database,
        database.read() as read,
    ):
        policy = policy_of(settings.home)
        found = standing(read, policy)
    return f"{json.dumps(_told(found, policy) if found else {})}\n"


def _told(found: Standing, policy: Policy) -> dict[str, object]:
    seen = {name: each and {"size": each[0], "at": each[1].isoformat()} for name, each in found.seen.items()}
    of = {"quorum": found.quorum, "of": len(policy.witnesses)}
    return {"log": found.log, "size": found.size, **of, "cosigned_size": found.cosigned_size, "witnesses": seen}


def keep_asking(environment: Environment, stop: threading.Event, *, every_s: float = EVERY_S) -> None:
    """Ask until stopped; what fails is asked again the next time."""
    policy = policy_of(environment.home)
    while policy.witnesses and not stop.is_set():
        with contextlib.suppress(DatabaseError):
            _asked(environment, policy)
        stop.wait(every_s)


def _asked(environment: Environment, policy: Policy) -> list[Asked]:
    """Ask each witness once; that one has seen another history than ours is a case for the auditors."""
    with environment.database(Login.SEQUENCER, pool_size=1) as database:
        asked = ask_all(database, policy, posted, now())
    if any(each.outcome in ALARMS for each in asked):
        with environment.database(Login.RECONCILER, pool_size=1) as database:
            tell_disagreement(database, asked, at=now())
    return asked


def posted(url: str, body: bytes) -> Reply | None:
    """Send a request to a witness; None when nobody answers in time."""
    request = urllib.request.Request(url, body, {"Content-Type": "text/plain; charset=utf-8"}, method="POST")  # noqa: S310 - the scheme was judged
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 - as above
            return Reply(HTTPStatus(answer.status), answer.read(MAX_BODY_BYTES).decode())
    except urllib.error.HTTPError as error:
        return Reply(HTTPStatus(error.code), error.read(MAX_BODY_BYTES).decode())
    except (OSError, UnicodeDecodeError, ValueError):
        return None
