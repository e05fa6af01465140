"""What can go wrong with the log, each a sentence fit to show and free of personal values."""


class AuditError(Exception):
    """The log could not do what was asked."""


class LogUnavailable(AuditError):
    """The event could not be sealed in time; nothing may be shown (ACCESS-LOG 1.1)."""


class Unanswered(LogUnavailable):
    """The log was asked and did not answer in time: the event may yet be sealed, though nothing leaves."""


class Stale(AuditError):
    """What the decision rested on has changed since; decide again, at most three times (ACCESS-LOG 5)."""


class Replayed(AuditError):
    """A proof or an assertion of this call was spent before."""


class EventRejected(AuditError):
    """The event is out of form, and the caller's transaction fails with it (ACCESS-LOG 15)."""


class BadNote(AuditError):
    """A signed note is malformed, or a key we know did not sign it."""


class UnknownSigner(BadNote):
    """No key we know has signed the note."""


class RolledBack(AuditError):
    """The database holds less, or something else, than was announced; commands end with exit code 4."""


class NotTheSequencer(AuditError):
    """Another process orders the log, or this one has lost the right to."""


class DoorUnusable(AuditError):
    """The sequencer's socket cannot be made where it should be."""


class BadTiles(AuditError):
    """A folder of tiles, a proof or an export is malformed, or a part of it is not there."""


class BadPolicy(AuditError):
    """The file that names our witnesses is malformed."""
