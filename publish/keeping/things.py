"""Everything that is kept of people, by the tables that hold it; and the tables that hold nothing of them, each with why."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from connectors.layout import layouts


class Thing(StrEnum):
    """A kind of thing with a time of its own; its dated rows stand in ``publish.retention``."""

    STAGED_RECORDS = "staged_records"
    SECTIONS = "sections"
    LANDED_FILES = "landed_files"
    CHECKED_FILES = "checked_files"
    LEAVE_LISTS = "leave_lists"
    OPEN_QUARANTINE = "open_quarantine"
    CLOSED_QUARANTINE = "closed_quarantine"
    ENDED_CONSENTS = "ended_consents"
    RECEIPTS = "receipts"
    SCANS = "scans"
    REJECTED_IDENTITIES = "rejected_identities"
    FEED_ENTRIES = "feed_entries"
    ACCESS_LOG = "access_log"
    BACKUPS = "backups"
    SESSIONS = "sessions"
    FEEDBACK = "feedback"
    WORKERS = "workers"
    SAVED_SEARCHES = "saved_searches"
    CORRECTIONS = "corrections"


_RECORDS: Final = {f"staging.{layout.table}": Thing.STAGED_RECORDS for layout in layouts()}

THING_OF: Final[Mapping[str, Thing]] = _RECORDS | {
    "staging.person": Thing.REJECTED_IDENTITIES,
    "staging.identity": Thing.REJECTED_IDENTITIES,
    "staging.protection": Thing.REJECTED_IDENTITIES,
    "staging.pending": Thing.REJECTED_IDENTITIES,
    "staging.to_ask": Thing.STAGED_RECORDS,
    "staging.quarantine": Thing.OPEN_QUARANTINE,
    "staging.batch": Thing.LANDED_FILES,
    "staging.watermark": Thing.CHECKED_FILES,
    "consent.person": Thing.REJECTED_IDENTITIES,
    "consent.person_fact": Thing.REJECTED_IDENTITIES,
    "consent.task": Thing.REJECTED_IDENTITIES,
    "consent.merged": Thing.REJECTED_IDENTITIES,
    "consent.act": Thing.ENDED_CONSENTS,
    "consent.act_item": Thing.ENDED_CONSENTS,
    "consent.confirmation": Thing.ENDED_CONSENTS,
    "consent.denial": Thing.ENDED_CONSENTS,
    "consent.denial_lift": Thing.ENDED_CONSENTS,
    "consent.invalidation": Thing.ENDED_CONSENTS,
    "consent.proposal": Thing.ENDED_CONSENTS,
    "consent.proposal_end": Thing.ENDED_CONSENTS,
    "consent.suspension": Thing.ENDED_CONSENTS,
    "consent.representation": Thing.ENDED_CONSENTS,
    "consent.representation_check": Thing.ENDED_CONSENTS,
    "consent.current": Thing.ENDED_CONSENTS,
    "consent.receipt": Thing.RECEIPTS,
    "consent.evidence": Thing.SCANS,
    "publish.outbox": Thing.FEED_ENTRIES,
    "web.session": Thing.SESSIONS,
    "web.sign_in": Thing.SESSIONS,
    "web.draft": Thing.SESSIONS,
    "web.saved_search": Thing.SAVED_SEARCHES,
    "staging.worker": Thing.WORKERS,
    "web.feedback": Thing.FEEDBACK,
    "publish.correction": Thing.CORRECTIONS,
    "publish.section": Thing.SECTIONS,
    "publish.entitlement": Thing.SECTIONS,
    "publish.leave": Thing.STAGED_RECORDS,
    "publish.to_erase": Thing.REJECTED_IDENTITIES,
    "publish.person_ref": Thing.REJECTED_IDENTITIES,
    "publish.change": Thing.FEED_ENTRIES,
    "audit.inbox": Thing.ACCESS_LOG,
    "audit.event": Thing.ACCESS_LOG,
    "audit.decision": Thing.ACCESS_LOG,
    "audit.person_head": Thing.ACCESS_LOG,
    "audit.head_block": Thing.ACCESS_LOG,
    "audit.detail": Thing.ACCESS_LOG,
    "audit.detail_key": Thing.ACCESS_LOG,
    "audit.review": Thing.ACCESS_LOG,
    "audit.review_end": Thing.ACCESS_LOG,
}
"""Under which thing each table's rows come to their end."""

NOT_PERSONAL: Final[Mapping[str, str]] = {
    "staging.connection": "systems of authorities",
    "staging.source_health": "how systems of authorities are",
    "consent.recipient": "authorities",
    "consent.recipient_user": "workers by pseudonym, as long as their authority names them",
    "consent.register": "a number",
    "consent.agreement": "texts of agreements",
    "consent.notice": "texts of notices",
    "consent.statute": "texts of law",
    "consent.issuer": "who issues receipts",
    "consent.closing": "numbers of lost events",
    "consent.opening": "authorities, and workers by pseudonym",
    "consent.party_card": "how authorities are reached",
    "publish.recipient": "authorities",
    "publish.recipient_system": "systems of authorities",
    "publish.retention": "these rows themselves",
    "publish.idempotency": "random keys of calls with numbers for answers, swept after a day",
    "audit.event_type": "the catalogue of events",
    "audit.event_kind": "codes that events have in common",
    "audit.block": "numbers and times",
    "audit.kind_blocks": "numbers",
    "audit.node": "hashes of entries, which stay so that later proofs verify (ACCESS-LOG 14)",
    "audit.checkpoint": "signed hashes (ACCESS-LOG 14)",
    "audit.cosignature": "signed hashes (ACCESS-LOG 14)",
    "audit.signer": "public keys of the log",
    "audit.append_conflict": "ids of events",
    "audit.appended": "ids of events, for as long as they are not sealed",
    "audit.retention_class": "years and laws",
    "audit.unlinked": "years and classes",
    "audit.proof": "random ids of calls, swept after ten minutes",
    "db.migration": "the revision of the schema",
}
"""Tables without personal data: a table that stands in neither mapping fails a test."""
