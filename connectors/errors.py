"""What can go wrong between a source and staging: one tree of sentences, with no personal value in them."""

from connectors.scrub import scrubbed


class ConnectorError(Exception):
    """A pull, a landing or a merge that did not happen; the message is a sentence fit to show."""


class SourceDown(ConnectorError):
    """The source did not answer within its retries; the task may try again after five minutes (PIPELINE.md 7)."""


class Transient(ConnectorError):
    """The source may answer if asked again; `retry_after` is what it asked us to wait, in seconds. It becomes SourceDown in the end."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """Keep how long the source asked us to wait."""
        super().__init__(message)
        self.retry_after = retry_after


class AccessRefused(ConnectorError):
    """The source or X-Road refuses us: stop and alarm, no retry (DOMAIN.md 3.3, group access)."""


class OurBug(ConnectorError):
    """We sent what the interface does not allow: the task fails and the message is kept (DOMAIN.md 3.3)."""


class ProviderBroken(ConnectorError):
    """The provider answers what its contract does not name: the batch fails, the provider is to be told (DOMAIN.md 3.3)."""


class SourceChanged(ConnectorError):
    """The shape of an answer is not that of its contract; `path` names the field, never its value."""

    def __init__(self, path: str) -> None:
        """Keep the path of the field, for the steward's page."""
        self.path = scrubbed(path)
        super().__init__(f"The shape of the answer changed at {self.path}.")


class PageRefused(ConnectorError):
    """A page is over a limit, in a wrong charset or dangerous (DTD, entity): nothing of it was kept, the batch fails."""


class PagingBroken(ConnectorError):
    """A cursor came back, or the window moved between two pages: the batch fails (PIPELINE.md 10)."""


class StampInFuture(ConnectorError):
    """The source's watermark lies ahead of the clock: the run fails, for later changes would be lost."""


class StampTooOld(ConnectorError):
    """The source no longer holds changes since the watermark: the window is pulled anew, in full (DOMAIN.md 4.2)."""


class CursorExpired(ConnectorError):
    """The source forgot where we were on its list: the pull begins again at the first page (DOMAIN.md 4.3)."""


class LandedAltered(ConnectorError):
    """A landed part or manifest is not what was written: it is pulled again (PIPELINE.md 10)."""


class SourceClosed(ConnectorError):
    """The breaker or an operator keeps the source closed: nothing is asked of it (PIPELINE.md 7)."""


class NotMerged(ConnectorError):
    """A planned batch of the run was not merged; the message says which and why, one sentence a shard."""
