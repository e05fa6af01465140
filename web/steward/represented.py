"""What representation comes to for a client now: who may speak by their last check, and where voices differ."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consent.model import RepresentationKind
from consent.model.will import Step
from consent.queries import voices
from db.engine import Read
from publish import representing
from web.steward.clients import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Somebody who has come to speak for the client: by what right, whether they may now, when that was last asked.

    ``of_age_at``: when a guardian's word ends.
    """

    kind: str
    number: str
    holds: bool
    checked_at: datetime | None
    of_age_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Keys under one agreement on which voices differ; nothing is shown of them by consent."""

    agreement_id: str
    recipient: str
    purpose: str
    categories: tuple[str, ...]


def of_client(read: Read, client: Client) -> list[Representative]:
    """List who has come to speak for a client, in the order they came."""
    minor = representing.minor(read, client.person_id, client.at)
    person = next(iter(client.facts.values())).person
    of_age_at = None if person is None else person.of_age_at
    return [
        Representative(
            kind=voice.kind.value,
            number=voice.number,
            holds=voice.holds(client.at, minor=minor),
            checked_at=voice.checked_at,
            of_age_at=of_age_at if voice.kind is RepresentationKind.GUARDIAN else None,
        )
        for voice in voices.voices_of(read, client.person_id)
    ]


def conflicts(client: Client) -> Sequence[Conflict]:
    """List where voices differ now, by agreement."""
    found: defaultdict[Conflict, list[str]] = defaultdict(list)
    for facts in client.facts.values():
        terms = {each.agreement_id: each for each in facts.register.agreements}
        for agreement_id, category in facts.wills:
            if agreement_id in terms and facts.holding(agreement_id, category, client.at).step is Step.CONFLICT:
                about = terms[agreement_id]
                found[Conflict(str(agreement_id), about.recipient, about.purpose, ())].append(category)
    return [
        Conflict(each.agreement_id, each.recipient, each.purpose, tuple(sorted(set(categories))))
        for each, categories in found.items()
    ]
