"""All that a call is served with, handed in by ``create_app``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request

from audit.log import Sealer
from db.engine import Database
from db.keys import Keyring
from web.counting import Answered
from web.limits import Limits
from web.settings import WebSettings
from web.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The doors out of the web: the database under the web's login, the log, the keys, the clock, the count of answers."""

    database: Database
    sealer: Sealer
    keyring: Keyring
    settings: WebSettings
    clock: Callable[[], datetime]
    tokens: Tokens
    limits: Limits
    answered: Answered = field(default_factory=Answered)


def services_of(request: Request) -> Services:
    """Give the services of the app that a request came to."""
    services = request.app.state.services
    assert isinstance(services, Services)
    return services
