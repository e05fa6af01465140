"""What a token may be used for."""

from enum import StrEnum


class Scope(StrEnum):
    """A scope of the machine API (API.md 5)."""

    RESOLVE = "people:resolve"
    VIEW = "view:read"
    CONSENTS = "consents:read"
    DECISIONS = "decisions:ask"
    EXPLANATIONS = "decisions:explain"
    CHANGES = "changes:read"
    USAGE = "usage:read"
