"""The verbs that change what people want; each appends, numbers the person anew, and records its event (CONSENT.md 1, 9)."""

from consent.registry.acts import defer, grant, refuse, renew, request, revoke, withdraw
from consent.registry.correcting import annul_denial, confirm, invalidate
from consent.registry.denying import Scope, deny, lift
from consent.registry.expiring import expire
from consent.registry.recording import ActRecord, By, Channel, DenialRecord, Expressed, refresh
from consent.registry.speaking import check, represent, resume, suspend
from consent.registry.writing import Consent, Given

__all__ = [
    "ActRecord",
    "By",
    "Channel",
    "Consent",
    "DenialRecord",
    "Expressed",
    "Given",
    "Scope",
    "annul_denial",
    "check",
    "confirm",
    "defer",
    "deny",
    "expire",
    "grant",
    "invalidate",
    "lift",
    "refresh",
    "refuse",
    "renew",
    "represent",
    "request",
    "resume",
    "revoke",
    "suspend",
    "withdraw",
]
