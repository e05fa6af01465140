"""The faults by name: what each does, and where in a call it strikes."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Stage(Enum):
    """Where a fault strikes: in place of the provider's answer, on a page before it is written, or on the answer as it leaves."""

    CALL = "call"
    PAGE = "page"
    ANSWER = "answer"


class FaultName(StrEnum):
    """Each fault; `detail` and `amount` of a `Fault` mean what stands beside it, a missing one has the default named."""

    # in place of the provider's answer
    XROAD_ERROR = "xroad-error"  # detail: the code as from 7.8, server.serverproxy.access_denied
    TOO_MANY_REQUESTS = "too-many-requests"  # HTTP 429; amount: Retry-After in seconds, 1
    MAINTENANCE = "maintenance"  # HTTP 503; amount: Retry-After in seconds, 1
    SERVER_ERROR = "server-error"  # HTTP 500 in the provider's own form
    FORBIDDEN = "forbidden"  # HTTP 403 in the provider's own form
    GONE = "gone"  # HTTP 410 in the provider's own form: the watermark is too old
    REDIRECT = "redirect"  # HTTP 302 to an address that must not be asked
    # on a page before it is written
    REPEATED_PAGE = "repeated-page"  # a page's records come again on the next one, or twice on an only page
    REORDERED_PAGES = "reordered-pages"  # the first page's records come last, and each page back to front
    CURSOR_SEEN = "cursor-seen"  # the cursor of an earlier page is given again: paging runs in a circle
    FOREIGN_LINK = "foreign-link"  # the link to the next page leads out of the provider's service
    STAMP_MOVED = "stamp-moved"  # each later page has a later vesileima than the first
    STAMP_IN_FUTURE = "stamp-in-future"  # amount: seconds ahead, one day
    EMPTY_LIST = "empty-list"  # no records, no further page
    OLDER_VERSION = "older-version"  # each record again, one version older, after the newer one
    VERSION_CONFLICT = "version-conflict"  # each record again, of the same version and other content
    MALFORMED_RECORD = "malformed-record"  # the first record cannot be read at all
    BROKEN_ROWS = "broken-rows"  # detail: the kind (simulators.broken), amount: share of the rows, 0.01
    # on the answer as it leaves
    TIME_OUT = "time-out"  # amount: seconds of silence before the first byte, 60
    CUT = "cut"  # the connection is closed in the middle of the body
    HALF_BODY = "half-body"  # half of the body, sent as if it were whole
    WRONG_CHARSET = "wrong-charset"  # detail: iso-8859-1 under the name of UTF-8, or utf-16
    CHANGED_SHAPE = "changed-shape"  # detail: the field that changes its name, versio
    OTHER_MESSAGE = "other-message"  # the answer to another message: X-Road-Id or id is not the request's
    DOCTYPE = "doctype"  # a document type, harmless in itself
    ENTITY_BOMB = "entity-bomb"  # nested entities, a billion laughs
    EXTERNAL_ENTITY = "external-entity"  # detail: the address, a file of the reader's machine
    DEEP_NESTING = "deep-nesting"  # amount: levels, 100000
    LONG_VALUE = "long-value"  # amount: bytes of one value, 2 MiB
    OVERSIZED_PAGE = "oversized-page"  # amount: bytes, 80 MiB
    GZIP_BOMB = "gzip-bomb"  # amount: bytes once unpacked, 80 MiB

    @property
    def stage(self) -> Stage:
        """Where the fault strikes."""
        return _STAGES[self]


_STAGES = (
    dict.fromkeys(FaultName, Stage.ANSWER)
    | dict.fromkeys(
        (
            FaultName.XROAD_ERROR,
            FaultName.TOO_MANY_REQUESTS,
            FaultName.MAINTENANCE,
            FaultName.SERVER_ERROR,
            FaultName.FORBIDDEN,
            FaultName.GONE,
            FaultName.REDIRECT,
        ),
        Stage.CALL,
    )
    | dict.fromkeys(
        (
            FaultName.REPEATED_PAGE,
            FaultName.REORDERED_PAGES,
            FaultName.CURSOR_SEEN,
            FaultName.FOREIGN_LINK,
            FaultName.STAMP_MOVED,
            FaultName.STAMP_IN_FUTURE,
            FaultName.EMPTY_LIST,
            FaultName.OLDER_VERSION,
            FaultName.VERSION_CONFLICT,
            FaultName.MALFORMED_RECORD,
            FaultName.BROKEN_ROWS,
        ),
        Stage.PAGE,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault asked for: on calls to `source` (``te``, ``kela``, ``sote``, ``sote:10``, ``vtj``; empty: all) whose path holds `path`.

    The first `skip` calls go well, the next `times` are struck; None: all of them until the faults are cleared.
    """

    name: FaultName
    source: str = ""
    path: str = ""
    detail: str = ""
    amount: float | None = None
    skip: int = 0
    times: int | None = 1

    def concerns(self, source: str, path: str) -> bool:
        """Whether a call is one of those the fault waits for."""
        return (not self.source or source == self.source or source.startswith(f"{self.source}:")) and self.path in path
