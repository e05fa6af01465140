"""The closed list of event types and the members that each must name (ACCESS-LOG 3, PIPELINE 1)."""

from collections.abc import Mapping
from enum import StrEnum


class EventType(StrEnum):
    """Everything that can stand in the log; an unlisted type cannot be appended."""

    CONSENT_REQUESTED = "consent.requested"
    CONSENT_DEFERRED = "consent.deferred"
    CONSENT_GIVEN = "consent.given"
    CONSENT_RENEWED = "consent.renewed"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_REVOKED = "consent.revoked"
    CONSENT_EXPIRED = "consent.expired"
    CONSENT_INVALIDATED = "consent.invalidated"
    CONSENT_CONFIRMED = "consent.confirmed"
    CONSENT_REJECTED = "consent.rejected"
    CONSENT_SUSPENDED = "consent.suspended"
    CONSENT_RESUMED = "consent.resumed"
    DENIAL_RECORDED = "denial.recorded"
    DENIAL_LIFTED = "denial.lifted"
    CONFLICT_OPENED = "conflict.opened"
    CONFLICT_CLOSED = "conflict.closed"
    REPRESENTATION_CHECKED = "representation.checked"
    AGREEMENT_CHANGED = "agreement.changed"
    NOTICE_PUBLISHED = "notice.published"
    STATUTE_CHANGED = "statute.changed"
    RECEIPT_ISSUED = "receipt.issued"
    ENDED_TOLD = "ended.told"
    ENDED_APPLIED = "ended.applied"
    QUERY_RESOLVED = "query.resolved"
    QUERY_CONSENTS = "query.consents"
    QUERY_DECIDED = "query.decided"
    DISCLOSURE_READ = "disclosure.read"
    DISCLOSURE_EXPORTED = "disclosure.exported"
    DISCLOSURE_PAGE = "disclosure.page"
    DISCLOSURE_ABORTED = "disclosure.aborted"
    LEAVE_ENTERED = "leave.entered"
    LEAVE_LEFT = "leave.left"
    LEAVE_LISTED = "leave.listed"
    PERSON_ASKED = "person.asked"
    SOURCE_FETCHED = "source.fetched"
    BATCH_HELD = "batch.held"
    BATCH_RELEASED = "batch.released"
    QUARANTINE_EXPLAINED = "quarantine.explained"
    QUARANTINE_RELEASED = "quarantine.released"
    QUARANTINE_DISCARDED = "quarantine.discarded"
    LOAD_COMPLETED = "load.completed"
    VIEW_PUBLISHED = "view.published"
    SECTION_ERASED = "section.erased"
    PERSON_MERGED = "person.merged"
    IDENTITY_CHANGED = "identity.changed"
    PERSON_SEARCHED = "person.searched"
    PERSON_VIEWED = "person.viewed"
    EVIDENCE_ADDED = "evidence.added"
    EVIDENCE_VIEWED = "evidence.viewed"
    LOG_READ = "log.read"
    LOG_EXPORTED = "log.exported"
    LOG_REVEALED = "log.revealed"
    LOG_VERIFIED = "log.verified"
    LOG_RESTORED = "log.restored"
    ACCESS_FAILED = "access.failed"
    ACCESS_REFUSED = "access.refused"
    SESSION_OPENED = "session.opened"
    REVIEW_OPENED = "review.opened"
    REVIEW_CLOSED = "review.closed"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_ANSWERED = "dispute.answered"
    CORRECTION_HANDED = "correction.handed"
    CORRECTION_ANSWERED = "correction.answered"
    FINDING_OPENED = "finding.opened"
    FINDING_CLOSED = "finding.closed"
    KEY_ROTATED = "key.rotated"
    CONFIG_CHANGED = "config.changed"
    SCHEMA_CHANGED = "schema.changed"
    INDEX_ROOT = "index.root"
    RESPONSES_COUNTED = "responses.counted"
    HEARTBEAT = "heartbeat"
    CLOCK_JUMP = "clock.jump"
    LOG_OPENED = "log.opened"
    LOG_CLOSED = "log.closed"
    RETENTION_ERASED = "retention.erased"
    RETENTION_UNLINKED = "retention.unlinked"
    RETENTION_PRUNED = "retention.pruned"


ALWAYS = frozenset({"v", "id", "t", "type", "outcome", "class", "actor"})
"""What every entry names."""

_ACT = {"person", "categories", "change"}
_OF_PERSON = {"person"}
_ROW = {"change"}
_ROW_OF_PERSON = {"person", "change"}
_CALL = {"purpose", "request"}
_DISCLOSURE = {"purpose", "categories", "decision", "request"}
_COUNTED = {"result"}
_NOTHING: set[str] = set()

_BY_FAMILY = {
    "consent": _ACT,
    "denial": _ROW_OF_PERSON,
    "conflict": {"person", "categories"},
    "representation": _ROW_OF_PERSON,
    "agreement": _ROW,
    "notice": _ROW,
    "statute": _ROW,
    "receipt": _ROW_OF_PERSON,
    "ended": _OF_PERSON,
    "query": _CALL,
    "disclosure": _DISCLOSURE,
    "leave": _OF_PERSON,
    "source": {"change", "result"},
    "batch": _ROW,
    "quarantine": _ROW,
    "load": _COUNTED,
    "view": _NOTHING,
    "section": {"person", "categories"},
    "person": _OF_PERSON,
    "identity": _ROW_OF_PERSON,
    "evidence": _ROW,
    "log": _NOTHING,
    "access": {"request"},
    "session": _NOTHING,
    "review": _ROW,
    "dispute": _ROW,
    "correction": _ROW_OF_PERSON,
    "finding": _NOTHING,
    "key": _ROW,
    "config": _ROW,
    "schema": _ROW,
    "index": _COUNTED,
    "responses": _COUNTED,
    "heartbeat": _NOTHING,
    "clock": _NOTHING,
    "retention": _COUNTED,
}

_OTHERWISE: Mapping[EventType, set[str]] = {
    EventType.QUERY_DECIDED: _DISCLOSURE,
    EventType.DISCLOSURE_PAGE: {"purpose", "request", "result"},
    EventType.DISCLOSURE_ABORTED: {"ref"},
    EventType.LEAVE_LISTED: _COUNTED,
    EventType.PERSON_MERGED: _ROW_OF_PERSON,
    EventType.PERSON_SEARCHED: _NOTHING,
    EventType.EVIDENCE_ADDED: _ROW_OF_PERSON,
    EventType.LOG_EXPORTED: _COUNTED,
    EventType.LOG_REVEALED: {"ref"},
    EventType.LOG_RESTORED: _COUNTED,
}


def required(type_: EventType) -> frozenset[str]:
    """Return the members that an entry of this type must name besides ``ALWAYS``."""
    return frozenset(_OTHERWISE.get(type_, _BY_FAMILY[type_.partition(".")[0]]))
