"""Scans of papers: hashed as they come, encrypted where they rest, looked at by the recording office's stewards alone (CONSENT.md 11)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from audit.events import Actor, ChangeRef, Event, EventType, RetentionClass
from audit.log import record
from connectors.store import Store
from consent.errors import ConsentError, Fault
from consent.queries import evidence, life, writes
from consent.queries.evidence import Scanned
from consent.queries.life import ActLine
from consent.queries.writes import ActRow
from consent.registry import By, Channel
from db.engine import Read, Transaction
from db.ids import uuid7
from db.keys import Use

MOST_BYTES: Final = 20 * 1024 * 1024
FOLDER: Final = "scans"
ON_PAPER: Final = frozenset({Channel.PAPER, Channel.IMPORT})
"""Channels of acts that somebody signed on paper."""


class MediaType(StrEnum):
    """What a scan may be."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"


_BEGINS: Final = {MediaType.PDF: b"%PDF-", MediaType.PNG: b"\x89PNG\r\n\x1a\n", MediaType.JPEG: b"\xff\xd8\xff"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A file as it was uploaded; ``sha256`` is what its sender says it is, None when nothing was said."""

    body: bytes = field(repr=False)
    media_type: str
    sha256: bytes | None = None


def sniffed(body: bytes) -> MediaType | None:
    """Tell what a file is by what it begins with; None when it is nothing that may be kept."""
    return next((type_ for type_, begins in _BEGINS.items() if body.startswith(begins)), None)


def checked(scan: Scan) -> bytes:
    """Return the SHA-256 of a scan that may be kept; raises ConsentError with field ``scan``.

    The type is what the file begins with, whatever its sender calls it, and both have to agree.
    """
    begins = _BEGINS.get(MediaType(scan.media_type)) if scan.media_type in set(MediaType) else None
    if begins is None or len(scan.body) > MOST_BYTES or not scan.body.startswith(begins):
        raise ConsentError(Fault.BAD_EVIDENCE, "scan")
    digest = hashlib.sha256(scan.body).digest()
    if scan.sha256 not in (None, digest):
        raise ConsentError(Fault.BAD_EVIDENCE, "scan")
    return digest


def keep(tx: Transaction, store: Store, scan: Scan, *, act_id: UUID, by: By, at: datetime) -> UUID:
    """Keep the scan of an act of one's own office, in the act's own transaction, and return its id; it is never replaced.

    Where that transaction fails later, its caller drops the scan.
    """
    digest = checked(scan)
    office = _own(writes.act_row(tx, act_id), by)
    evidence_id = uuid7(at)
    path = f"{FOLDER}/{evidence_id}"
    # A scan shows who signed, so it is encrypted as names are; its id is the context, so no box opens in another's place.
    store.put(path, tx.keyring.encrypt_packed(Use.IDENTITY_ENCRYPTION, scan.body, context=evidence_id.bytes))
    row = {
        "evidence_id": evidence_id,
        "act_id": act_id,
        "sha256": digest,
        "media_type": scan.media_type,
        "bytes": len(scan.body),
        "object_key": path,
        "office": office,
        "recorded_by": by.user,
        "recorded_at": at,
    }
    try:
        evidence.append(tx, row)
    except BaseException:
        drop(store, evidence_id)
        raise
    return evidence_id


def add(tx: Transaction, store: Store, scan: Scan, *, act_id: UUID, by: By, at: datetime) -> UUID:
    """Keep the scan of a paper that was recorded without one, with an event of its own, and return its id.

    Raises ConsentError: ``not_found`` for what is no paper of one's own office, ``bad_evidence`` where a scan is there already.
    Where the transaction fails later, its caller drops the scan.
    """
    act = writes.act_row(tx, act_id)
    if act is None or not by.steward:
        raise ConsentError(Fault.NOT_FOUND, "act_id")
    writes.lock(tx, act.person_id)
    line = life.act_of(tx, act_id=act_id, person_id=act.person_id)
    if line is None or not on_paper(line, by=by):
        raise ConsentError(Fault.NOT_FOUND, "act_id")
    if of_act(tx, act_id, by=by):
        raise ConsentError(Fault.BAD_EVIDENCE, "scan")
    evidence_id = keep(tx, store, scan, act_id=act_id, by=by, at=at)
    row = ChangeRef(table="consent.evidence", id=str(evidence_id), digest=checked(scan).hex())
    try:
        record(tx, _event(EventType.EVIDENCE_ADDED, act.person_id, row, by, at))
    except BaseException:
        drop(store, evidence_id)
        raise
    return evidence_id


def on_paper(line: ActLine, *, by: By) -> bool:
    """Say whether an act is a paper of the steward's own office that holds: one that has a scan, or may get one."""
    return line.channel in ON_PAPER and line.office == by.office and line.voided_at is None


def missing(read: Read, lines: Iterable[ActLine], *, by: By) -> frozenset[UUID]:
    """Tell which acts are papers of the steward's own office that nobody has scanned yet."""
    papers = {line.act_id for line in lines if on_paper(line, by=by)}
    return frozenset(papers) - evidence.scanned(read, papers, office=by.office or "")


def drop(store: Store, evidence_id: UUID) -> None:
    """Take a scan out of the store whose row was not committed."""
    store.remove(f"{FOLDER}/{evidence_id}")


def show(read: Read, store: Store, evidence_id: UUID, *, by: By, at: datetime) -> tuple[Scan, Event]:
    """Open a scan for a steward of its office, and give the event that is to be sealed before it is shown; anybody else finds nothing.

    Raises ConsentError: ``not_found``, or ``bad_evidence`` when what rests is not what was uploaded.
    """
    found = evidence.by_id(read, evidence_id, office=by.office or "") if by.steward else None
    if found is None:
        raise ConsentError(Fault.NOT_FOUND, "evidence_id")
    body = read.keyring.decrypt_packed(
        Use.IDENTITY_ENCRYPTION, store.get(found.object_key), context=found.evidence_id.bytes
    )
    if hashlib.sha256(body).digest() != found.sha256:
        raise ConsentError(Fault.BAD_EVIDENCE, "scan")
    return Scan(body=body, media_type=found.media_type, sha256=found.sha256), _looked(read, found, by, at)


def of_act(read: Read, act_id: UUID, *, by: By) -> list[Scanned]:
    """List the scans of an act that a steward may look at."""
    return evidence.of_act(read, act_id, office=by.office or "") if by.steward else []


def _own(act: ActRow | None, by: By) -> str:
    if act is None or act.office is None or act.office != by.office:
        raise ConsentError(Fault.NOT_FOUND, "act_id")
    return act.office


def _looked(read: Read, found: Scanned, by: By, at: datetime) -> Event:
    act = writes.act_row(read, found.act_id)
    row = ChangeRef(table="consent.evidence", id=str(found.evidence_id), digest=found.sha256.hex())
    return _event(EventType.EVIDENCE_VIEWED, act and act.person_id, row, by, at)


def _event(type_: EventType, person_id: UUID | None, row: ChangeRef, by: By, at: datetime) -> Event:
    return Event(
        id=uuid7(at),
        at=at,
        type=type_,
        actor=Actor(org=by.office, user=by.user, role=by.role),
        retention=RetentionClass.SOTE,
        person_id=person_id,
        change=row,
    )
