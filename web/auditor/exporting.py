"""Exports of what a search found: sealed, or as a table; the log is told before anything leaves."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from audit import claims, indexing, proving
from audit.checkpoint import signing
from audit.events import EventType, RequestRef, Result
from audit.exporters import exporter_of
from audit.fhir import lines
from audit.queries import search, sequence, verification, witnessing
from audit.queries.readers import Reader, reading_as
from audit.queries.search import Found, Wanted
from audit.sealed import Export, sealed
from audit.tables_of_events import as_csv
from db.engine import Read
from web import drafts
from web.auditor import why
from web.auditor.found import Filter, person_in, wanted_of
from web.pages.visit import Visit

MOST_EXPORTED: Final = 10_000
"""Events; a longer answer is asked for in parts, by time."""
ROUTE: Final = "POST /audit/found/{draft}/export"
ASKED_AT: Final = "GET /audit/found/{draft}/export"


class Form(StrEnum):
    """How an export leaves."""

    SEALED = "sealed"
    CSV = "csv"
    FHIR = "fhir"


MEDIA: Final = {
    Form.SEALED: ("application/zip", "zip"),
    Form.CSV: ("text/csv; charset=utf-8", "csv"),
    Form.FHIR: ("application/fhir+ndjson", "ndjson"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A search to be exported: of the first so many events of each log."""

    wanted: Wanted | None
    chosen: Filter
    sizes: Mapping[int, int]


def ask(visit: Visit) -> Response:
    """Say what will be in the export, and ask in which form; to be told how many events there are is a look."""
    return _form(visit)


def export(visit: Visit) -> Response:
    """Hand out the export."""
    form = visit.form.one("as")
    if form not in set(Form):
        return _form(visit, errors=[("as", "no_form")])
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        asked = asked_of(read, visit, answers)
        count, body = _written(read, Form(form), asked, answers)
    if count > MOST_EXPORTED:
        return _form(visit, errors=[("as", "too_many")])
    _tell(visit, answers, body, count=count)
    media, ending = MEDIA[Form(form)]
    sizes = "-".join(f"{log}-{size}" for log, size in sorted(asked.sizes.items()))
    name = f'attachment; filename="luukku-log-{sizes}.{ending}"'
    return Response(body, media_type=media, headers={"Content-Disposition": name})


def _written(read: Read, form: Form, asked: Asked, answers: Mapping[str, Any]) -> tuple[int, bytes]:
    """Write what was found, AuditEvents while it is looked for; gives how many events, and no more where they are too many."""
    if form is Form.FHIR:
        written = _lines(read, asked)
        return len(written), b"".join(written)
    found = _found(read, asked)
    if len(found) > MOST_EXPORTED:
        return len(found), b""
    return len(found), as_csv(found) if form is Form.CSV else sealed(_export(read, asked, found, answers), read.keyring)


def _form(visit: Visit, *, errors: list[tuple[str, str]] | None = None) -> Response:
    answers = drafts.kept(visit)
    with visit.doors.database.read() as read:
        asked = asked_of(read, visit, answers)
        found = _found(read, asked)
        with reading_as(read, Reader.AUDITOR):
            same_bytes = exporter_of(read, asked.sizes).of_then
    told = {**answers, "filter": asked.chosen.address}
    why.tell(visit, ASKED_AT, told, count=len(found), person_id=person_in(answers))
    return visit.page(
        "auditor/export.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        here="/" if answers["door"] == "person" else "/audit/doers",
        errors=visit.faults("export", errors or ()),
        count=len(found),
        most=MOST_EXPORTED,
        sizes=asked.sizes,
        action=f"?{address_of(asked)}",
        back=f"/audit/found/{visit.path['draft']}",
        answers=answers,
        forms=tuple(Form),
        same_bytes=same_bytes,
    )


def asked_of(read: Read, visit: Visit, answers: Mapping[str, Any]) -> Asked:
    """Read what is to be exported; ``at`` in the address names how much of which logs, else it is all of them now.

    Asked again in a later year it is the same question: pseudonyms are those up to the newest of its checkpoints.
    """
    chosen = Filter.of(visit.query)
    with reading_as(read, Reader.AUDITOR):
        newest = {log: proving.size_of(verification.last_note(read, log)) for log in verification.logs(read)}
        known = {(log, size) for log, size in _sizes(visit.query.get("at", "")) if _signed(read, log, size)}
        sizes = dict(known) or newest
        times = [witnessing.signed_at(read, log, size) for log, size in sizes.items()]
    return Asked(wanted_of(read, answers, chosen, at=max(times, default=visit.at)), chosen, sizes)


def _signed(read: Read, log: int, size: int) -> bool:
    return witnessing.note(read, log, size) is not None


def _sizes(text: str) -> list[tuple[int, int]]:
    """Read ``2026-123`` and the like, one for each log, parted by dots."""
    pairs = (each.partition("-") for each in text.split("."))
    return [(int(log), int(size)) for log, _, size in pairs if log.isdecimal() and size.isdecimal()]


def address_of(asked: Asked) -> str:
    """Write it as an address, with how much of each log."""
    at = ".".join(f"{log}-{size}" for log, size in sorted(asked.sizes.items()))
    return "&".join(part for part in (asked.chosen.address, f"at={at}") if part)


def _found(read: Read, asked: Asked) -> list[Found]:
    with reading_as(read, Reader.AUDITOR), _coming(read, asked) as found:
        return list(found)


def _lines(read: Read, asked: Asked) -> list[bytes]:
    with reading_as(read, Reader.AUDITOR), _coming(read, asked) as found:
        return list(lines(found))


def _coming(read: Read, asked: Asked) -> AbstractContextManager[Iterator[Found]]:
    if asked.wanted is None or not asked.sizes:
        return nullcontext(iter(()))
    return search.within(read, asked.wanted, sizes=asked.sizes, limit=MOST_EXPORTED + 1)


def _export(read: Read, asked: Asked, found: list[Found], answers: Mapping[str, Any]) -> Export:
    with reading_as(read, Reader.AUDITOR):
        notes = {log: witnessing.note(read, log, size) or "" for log, size in asked.sizes.items()}
        query = _query(asked, answers, found)
        return Export(
            query=query,
            found=found,
            proofs=proving.proofs(read, found, notes),
            notes=notes,
            vkeys=[key for log, note in notes.items() for key in signing(note, sequence.signers(read, log))],
            exporter=exporter_of(read, asked.sizes),
            index=_index(read, asked, notes) if query["all_of_person"] else {},
        )


def _index(read: Read, asked: Asked, notes: Mapping[int, str]) -> Mapping[str, bytes]:
    """Show how far the person's numbers had come by each log's last daily root, and what of a log is gone by right."""
    shown = indexing.shown(read, asked.wanted.persons if asked.wanted else (), asked.sizes)
    lines = indexing.files(shown, proving.proofs(read, [each.told for each in shown], notes))
    ended = claims.newest(read, asked.sizes)
    return {**lines, **claims.files(ended, proving.proofs(read, ended, notes))}


def _query(asked: Asked, answers: Mapping[str, Any], found: list[Found]) -> Mapping[str, object]:
    """Write the question without anything that names anybody; moments in UTC."""
    wanted = asked.wanted or Wanted()
    times = {"since": wanted.since, "until": wanted.until}
    told = {"org": wanted.org, "system": wanted.system, "outcome": wanted.outcome, "purpose": wanted.purpose}
    unnarrowed = asked.chosen.everything and not asked.chosen.narrows
    return {
        "door": answers["door"],
        "persons": sorted(name.hex() for name in wanted.persons),
        "users": sorted(name.hex() for name in wanted.users),
        "cases": sorted(name.hex() for name in wanted.cases),
        "run": wanted.run,
        "pages": [str(each.id) for each in found if each.id in wanted.pages],
        "category": wanted.category,
        "reason": wanted.reason,
        "role": wanted.role,
        "controller": wanted.controller,
        "class": wanted.class_,
        "reference": wanted.reference and str(wanted.reference),
        "types": list(wanted.types),
        "logs": {str(log): size for log, size in sorted(asked.sizes.items())},
        "all_of_person": answers["door"] == "person" and unnarrowed,
        **told,
        **{name: at and at.isoformat() for name, at in times.items()},
    }


def _tell(visit: Visit, answers: Mapping[str, Any], body: bytes, *, count: int) -> None:
    call = RequestRef(route=ROUTE, trust="page", case=str(answers["case"]), params={"why": answers["why"]})
    visit.looked(
        EventType.LOG_EXPORTED,
        request=call,
        person_id=person_in(answers),
        result=Result(count=count, body=body),
    )
