"""What each named fault of the stand-ins must lead to, source by source (the issue, PIPELINE.md 3, 7, 10 and DOMAIN.md 3.3)."""

from dataclasses import dataclass
from enum import Enum

from connectors.errors import (
    AccessRefused,
    ConnectorError,
    OurBug,
    PageRefused,
    PagingBroken,
    ProviderBroken,
    SourceChanged,
    SourceDown,
    StampInFuture,
    StampTooOld,
)
from simulators.broken import Broken
from simulators.faults import FaultName

SOURCES = ("te", "kela", "sote")
MEBIBYTE = 1024**2


class Outcome(Enum):
    """How a night ends for the source that is struck."""

    WAITED_OUT = "the page is asked for again, and the night is as if nothing had happened"
    DOWN = "page and task are tried again in vain, then the breaker opens: the batch failed, the watermark stands"
    REFUSED = "stopped at once with an alarm, the breaker open: the batch failed, the watermark stands"
    FAILED = "failed at once with its message kept and an alarm: the watermark stands"
    HELD = "the batch is held whole for a steward, with an event: the watermark stands"
    HARMLESS = "nothing is doubled or lost, and the night is as if nothing had happened"
    QUARANTINED = "the broken rows wait in quarantine with their reasons, the others go on, the watermark moves"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fault, on every call of some sources unless `times` says less; `by` is the error that ends its tasks, `says` what is told of it."""

    fault: FaultName
    leads_to: Outcome
    by: type[ConnectorError] | None = None
    says: str = ""
    detail: str = ""
    path: str = ""
    amount: float | None = None
    times: int | None = None
    full: bool = False
    sources: tuple[str, ...] = SOURCES

    def __str__(self) -> str:
        return f"{self.fault} {self.detail}".strip()


def _down(fault: FaultName, **more) -> Case:
    return Case(fault=fault, leads_to=Outcome.DOWN, by=SourceDown, **more)


def _failed(fault: FaultName, by: type[ConnectorError], says: str = "", **more) -> Case:
    return Case(fault=fault, leads_to=Outcome.FAILED, by=by, says=says, **more)


def _refused(fault: FaultName, **more) -> Case:
    return Case(fault=fault, leads_to=Outcome.REFUSED, by=AccessRefused, **more)


def _held(fault: FaultName, says: str, **more) -> Case:
    return Case(fault=fault, leads_to=Outcome.HELD, says=says, full=True, **more)


PASSING = (
    FaultName.TOO_MANY_REQUESTS,
    FaultName.MAINTENANCE,
    FaultName.SERVER_ERROR,
    FaultName.CUT,
    FaultName.HALF_BODY,
    FaultName.TIME_OUT,
)
NETWORK = "server.serverproxy.service_failed.network_error"
CASES = (
    *(Case(fault=fault, leads_to=Outcome.WAITED_OUT, times=1, amount=1) for fault in PASSING),
    Case(fault=FaultName.XROAD_ERROR, detail=NETWORK, leads_to=Outcome.WAITED_OUT, times=1),
    *(_down(fault, says="did not recover within its retries") for fault in PASSING),
    _down(FaultName.XROAD_ERROR, detail=NETWORK, says=NETWORK),
    _down(
        FaultName.MAINTENANCE,
        detail="for long",
        amount=121,
        says="asks to be left alone for 121 s",
    ),
    _refused(FaultName.XROAD_ERROR, detail="server.serverproxy.access_denied", says="access_denied"),
    _refused(FaultName.XROAD_ERROR, detail="Server.ServerProxy.UnknownService", says="UnknownService"),
    _refused(FaultName.FORBIDDEN),
    _failed(FaultName.XROAD_ERROR, OurBug, "missing_header_field", detail="client.missing_header_field"),
    _failed(
        FaultName.XROAD_ERROR, ProviderBroken, "invalid_soap", detail="server.serverproxy.service_failed.invalid_soap"
    ),
    _failed(FaultName.REDIRECT, ProviderBroken, "redirects are never followed", sources=("te", "sote")),
    _down(FaultName.REDIRECT, says="302", sources=("kela",)),  # X-Road makes a failed service of it, DOMAIN.md 3.3
    _failed(FaultName.OTHER_MESSAGE, ProviderBroken, "belongs to another request"),
    _failed(FaultName.GONE, StampTooOld),
    _failed(FaultName.CURSOR_SEEN, PagingBroken, "circle", full=True),
    _failed(FaultName.FOREIGN_LINK, ProviderBroken, "leads out of the service", full=True, sources=("sote",)),
    _failed(FaultName.STAMP_MOVED, PagingBroken, "The window moved", sources=("te", "kela")),
    _failed(FaultName.STAMP_IN_FUTURE, StampInFuture, "in the future"),
    _failed(FaultName.WRONG_CHARSET, PageRefused, "another charset"),
    _failed(FaultName.WRONG_CHARSET, PageRefused, "not UTF-8", detail="utf-16", sources=("te", "sote")),
    _failed(FaultName.DOCTYPE, PageRefused),
    _failed(FaultName.ENTITY_BOMB, PageRefused),
    _failed(FaultName.EXTERNAL_ENTITY, PageRefused),
    _failed(FaultName.DEEP_NESTING, PageRefused),
    _failed(FaultName.LONG_VALUE, PageRefused, "longer than 64 KiB"),
    _failed(FaultName.OVERSIZED_PAGE, PageRefused, "larger than 64 MiB", amount=65 * MEBIBYTE),
    _failed(FaultName.GZIP_BOMB, PageRefused, "hundredfold", amount=8 * MEBIBYTE),
    _failed(FaultName.CHANGED_SHAPE, SourceChanged, "vesileima", detail="vesileima", sources=("te", "kela")),
    _failed(FaultName.CHANGED_SHAPE, SourceChanged, "uusiEntry", detail="entry", sources=("sote",)),
    _held(FaultName.CHANGED_SHAPE, "versio empty in every row", sources=("te",)),
    _held(FaultName.CHANGED_SHAPE, "uusiEtuus", detail="etuus", sources=("kela",)),
    _held(FaultName.CHANGED_SHAPE, "status empty in every row", detail="status", sources=("sote",)),
    _held(FaultName.BROKEN_ROWS, "rows broken", detail="wrong-type", amount=1, sources=("te", "kela")),
    _held(FaultName.EMPTY_LIST, "a full pull without a row", sources=("te", "kela")),
    _held(FaultName.EMPTY_LIST, "known records are not in a full pull", sources=("sote",)),
    Case(fault=FaultName.GONE, leads_to=Outcome.HARMLESS, times=1),
    Case(fault=FaultName.REPEATED_PAGE, leads_to=Outcome.HARMLESS),
    Case(fault=FaultName.REORDERED_PAGES, leads_to=Outcome.HARMLESS),
    Case(fault=FaultName.OLDER_VERSION, leads_to=Outcome.HARMLESS),
    Case(fault=FaultName.WRONG_CHARSET, detail="utf-16", leads_to=Outcome.HARMLESS, sources=("kela",)),
    Case(fault=FaultName.STAMP_MOVED, leads_to=Outcome.HARMLESS, sources=("sote",)),
    Case(fault=FaultName.VERSION_CONFLICT, leads_to=Outcome.HARMLESS, sources=("sote",)),
    Case(
        fault=FaultName.VERSION_CONFLICT, leads_to=Outcome.QUARANTINED, says="VERSION_CONFLICT", sources=("te", "kela")
    ),
    Case(fault=FaultName.MALFORMED_RECORD, leads_to=Outcome.QUARANTINED, says="MALFORMED"),
)
MEANINGLESS = {
    (FaultName.FOREIGN_LINK, "te"): "TE gives cursors, no links",
    (FaultName.FOREIGN_LINK, "kela"): "Kela gives cursors, no links",
}
KINDS: dict[str, dict[Broken, str]] = {
    "te": {
        Broken.WRONG_CHECK: "HETU_CHECKSUM",
        Broken.OTHER_CENTURY: "DISAGREES",
        Broken.DATE_ORDER: "ORDER",
        Broken.UNKNOWN_CODE: "CODE",
        Broken.OVERLAP: "OVERLAP",
        Broken.MISSING_FIELD: "MISSING",
        Broken.WRONG_TYPE: "UNREADABLE",
        Broken.BROKEN_REFERENCE: "UNKNOWN_PERSON",
        Broken.NUMBER_CODE: "CODE",
        Broken.CROSSING: "",
    },
    "sote": {
        Broken.WRONG_CHECK: "MALFORMED",
        Broken.OTHER_CENTURY: "MALFORMED",
        Broken.DATE_ORDER: "ORDER",
        Broken.UNKNOWN_CODE: "CODE",
        Broken.OVERLAP: "",
        Broken.MISSING_FIELD: "MISSING",
        Broken.WRONG_TYPE: "MALFORMED",
        Broken.BROKEN_REFERENCE: "MALFORMED",
        Broken.NUMBER_CODE: "MALFORMED",
        Broken.CROSSING: "",
    },
}
"""The reason for which a row of each kind waits in quarantine; none where a source has no record that could be broken so."""
HEARD = {
    "te": {FaultName.TOO_MANY_REQUESTS, FaultName.MAINTENANCE},
    "kela": {FaultName.MAINTENANCE},
    "sote": {FaultName.TOO_MANY_REQUESTS, FaultName.MAINTENANCE},
}
"""The faults whose Retry-After reaches us: of Kela's statuses X-Road makes a Fault of its own, but where the contract has one."""
SHARES: dict[str, tuple[dict[Broken, float], ...]] = {
    "te": (dict.fromkeys(Broken, 0.03),),
    "sote": (dict.fromkeys(Broken, 0.06),),
}
"""The shares broken in one pull after the other: so few rows that no batch is held for them, and so many that each kind strikes one."""
