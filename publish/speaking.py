"""Representatives' authority asked anew before it is relied on; without an answer it lapses, and nothing is shown (CONSENT.md 4)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from connectors.mandates import Mandates
from connectors.persons import hetus
from consent.queries import voices
from consent.queries.voices import VoiceRow
from consent.registry import By
from db.engine import Database
from publish import changes_of_will

Ask = Callable[[VoiceRow], bool]
"""Tells whether somebody may speak for a person today; raises when there is no answer."""


def asking(database: Database, mandates: Mandates) -> Ask:
    """Ask the register of mandates; ``database`` is opened under the connectors' login, which alone reads identity codes.

    Who has no identity code with us cannot be asked about, and may not.
    """

    def ask(voice: VoiceRow) -> bool:
        with database.read() as read:
            codes = dict(hetus(read, (voice.person_id, voice.representative)))
        principal, delegate = codes.get(voice.person_id), codes.get(voice.representative)
        return principal is not None and delegate is not None and mandates.allowed(principal, delegate)

    return ask


def refresh(
    database: Database, ask: Ask, person_id: UUID, *, by: By, at: datetime, ahead: timedelta = timedelta(0)
) -> int:
    """Ask about every voice of a person whose last answer says nothing any more, record the answers, and return how many.

    ``ahead``: also about those whose answer ends within that time.
    The register is asked outside any transaction: what it takes to answer holds no lock. What it raises is raised, and what was
    answered before that stands.
    """
    with database.read() as read:
        due = [voice for voice in voices.voices_of(read, person_id) if voice.stale(at + ahead)]
    for voice in due:
        allowed = ask(voice)
        with database.transaction() as tx:
            changes_of_will.check(tx, representation_id=voice.representation_id, allowed=allowed, by=by, at=at)
    return len(due)
