"""``./luukku worker``: who looks at people for an organisation, told by it; what is asked is read, and stands at no command line."""

from cli.settings import Refusal, Settings
from cli.steward import acted, steward
from connectors.queries.workers import Name
from connectors.workers import Identity, NotAWorker, leave, register
from db.clock import now
from db.engine import Transaction
from schemas.identifiers import BusinessId, Hetu, InvalidIdentifier


def registered(settings: Settings, organisation: str, name: str, *, hetu: str, surname: str) -> None:
    """Write who works at an organisation (Y-tunnus) under a name."""
    at_work = _name(organisation, name)
    if not surname.strip():
        raise Refusal("The worker's surname is needed.")

    def written(tx: Transaction) -> None:
        code = Hetu.parse(hetu.strip().upper(), artificial_only=tx.keyring.development)
        register(tx, at_work, Identity(code, surname.strip()), by=steward(), at=now())

    try:
        acted(settings, written)
    except InvalidIdentifier:
        raise Refusal("That is no HETU; it was not written anywhere.") from None


def left(settings: Settings, organisation: str, name: str) -> None:
    """Write that somebody left; the rules look at their last weeks still."""
    at_work = _name(organisation, name)
    try:
        acted(settings, lambda tx: leave(tx, at_work, by=steward(), at=now()))
    except NotAWorker as error:
        raise Refusal(str(error)) from None


def _name(organisation: str, name: str) -> Name:
    try:
        return Name(BusinessId.parse(organisation.strip()).text, name.strip())
    except InvalidIdentifier:
        raise Refusal("An organisation is named by its Y-tunnus, as 1234567-8.") from None
