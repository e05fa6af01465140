"""What a draft would change for everybody, or a denial for one person, before it is said: counts only (CONSENT.md 10)."""

from consent.simulation.counts import FEWER, Effect, simulate
from consent.simulation.drafts import AgreementDraft, DenialDraft, Draft, StatuteDraft

__all__ = ["FEWER", "AgreementDraft", "DenialDraft", "Draft", "Effect", "StatuteDraft", "simulate"]
