"""How a command looks at what the log guards: the look stands in a signed checkpoint before anything is shown (ACCESS-LOG 1)."""

from contextlib import closing

from audit.errors import LogUnavailable
from audit.events import Event
from audit.log import Disclosure, SocketSealer
from cli.settings import Refusal
from db.engine import Login
from db.environment import Environment


def seal(environment: Environment, login: Login, look: Event) -> None:
    """Return once the event is sealed, as the web does before it answers; raises Refusal where the log cannot take it."""
    with closing(SocketSealer(environment.sequencer_socket, environment.keyring(login))) as sealer:
        try:
            sealer.seal(Disclosure(event=look))
        except LogUnavailable as error:
            raise Refusal(f"{error} Only a running instance seals: see to `./luukku up`.", code=3) from None
