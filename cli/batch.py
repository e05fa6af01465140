"""``./luukku batch``: the batches that are held, and a steward's word on them."""

from uuid import UUID

from cli.settings import Refusal, Settings
from cli.steward import acted, asked, steward
from connectors import stewarding
from connectors.queries import waiting
from connectors.queries.waiting import Held
from db.clock import now


def listed(settings: Settings) -> str:
    """Tell each held batch with the reason."""
    return "".join(map(_line, asked(settings, waiting.held))) or "No batch is held.\n"


def accept(settings: Settings, batch_id: str) -> None:
    """Let a held batch be merged with the next run."""
    of = _id(batch_id)
    acted(settings, lambda tx: stewarding.accept(tx, batch_id=of, by=steward(), at=now()))


def reject(settings: Settings, batch_id: str) -> None:
    """Give a held batch up."""
    of = _id(batch_id)
    acted(settings, lambda tx: stewarding.reject(tx, batch_id=of, by=steward(), at=now()))


def _line(batch: Held) -> str:
    accepted = ", accepted: the next run merges it" if batch.accepted_as_is else ""
    why = "; ".join(batch.held or ())
    return f"{batch.batch_id}  {batch.connection_id}  {batch.planned_at:%Y-%m-%d %H:%M}Z  {why}{accepted}\n"


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("A batch is named by its id; see `./luukku batch list`.") from None
