"""The tables of schema consent (CONSENT.md 3); all but person, register and current are only ever added to."""

from consent.tables.acts import act, act_item, confirmation, current, invalidation
from consent.tables.closings import closing, opening
from consent.tables.denials import denial, denial_lift
from consent.tables.metadata import CONSENT
from consent.tables.people import merged, person, person_fact, recipient_user, task
from consent.tables.proposals import proposal, proposal_end
from consent.tables.receipts import evidence, issuer, party_card, receipt
from consent.tables.register import agreement, notice, recipient, register, statute
from consent.tables.voices import representation, representation_check, suspension

__all__ = [
    "CONSENT",
    "act",
    "act_item",
    "agreement",
    "closing",
    "confirmation",
    "current",
    "denial",
    "denial_lift",
    "evidence",
    "invalidation",
    "issuer",
    "merged",
    "notice",
    "opening",
    "party_card",
    "person",
    "person_fact",
    "proposal",
    "proposal_end",
    "receipt",
    "recipient",
    "recipient_user",
    "register",
    "representation",
    "representation_check",
    "statute",
    "suspension",
    "task",
]
