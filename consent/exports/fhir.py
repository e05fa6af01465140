"""Acts and denials as FHIR R4 Consents, one for each (HL7 FHIR 4.0.1, Consent; shape of ``reference/fhir/consent.json``)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from audit.events import EventType
from consent.model import Kind
from consent.queries import receipts as queries
from consent.queries import recorded
from consent.receipts.claims import moment, state_after
from consent.receipts.states import State
from db.engine import Read

BUSINESS_ID: Final = "urn:oid:1.2.246.10"
PURPOSES: Final = "urn:luukku:purpose"
CLASSES: Final = "urn:luukku:data-class"
SOURCES: Final = "urn:luukku:source"
EXTENSION: Final = "urn:luukku:consent:"
_INSTANT: Final = timedelta(microseconds=1)
"""A FHIR period includes its end; ours does not."""
_SCOPE: Final = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
}
_CATEGORY: Final = {"coding": [{"system": "http://loinc.org", "code": "59284-0", "display": "Patient Consent"}]}
_PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_LAW: Final = {
    "authority": "https://www.finlex.fi",
    "uri": "https://www.finlex.fi/fi/laki/ajantasa/1999/19990621#P26",
}
"""The consent lifts the secrecy of 621/1999 section 26."""

Node = dict[str, Any]
Row = Mapping[str, Any]


def consents(read: Read, *, person_id: UUID) -> list[Node]:
    """Give all that a person has said: a Consent for each act and each denial, oldest first."""
    acts = [of_act(read, act_id) for act_id in recorded.acts_of(read, person_id)]
    return acts + [of_denial(read, denial_id) for denial_id in recorded.denials_of(read, person_id)]


def of_act(read: Read, act_id: UUID) -> Node:
    """Give an act: a yes as permit, a no as deny, with the moments of its signing and of its effect."""
    row, items = queries.act_of(read, act_id), queries.items_of(read, act_id)
    terms = queries.terms_of(read, row["agreement_id"])
    voided = recorded.voided(read, act_id=act_id)
    state = state_after(row, items, EventType.CONSENT_INVALIDATED if voided else EventType.CONSENT_GIVEN)
    who = _subject(read, row["person_id"], row["agreement_id"], act_id)
    return {
        **_base(act_id, who, state, row["signed_at"]),
        "organization": [_party(terms["controller"])],
        "policy": [_LAW],
        **_verified(row),
        "extension": _act_extensions(row, Kind(items[0]["kind"])),
        "provision": _provision(row, items, terms),
    }


def of_denial(read: Read, denial_id: UUID) -> Node:
    """Give a standing no: a deny whose scope is what it names, any being what it leaves out."""
    row = queries.denial_of(read, denial_id)
    ended = row["lift_effective_from"]
    voided = recorded.voided(read, denial_id=denial_id)
    state = State.INVALIDATED if voided else State.WITHDRAWN if ended else State.REFUSED
    who = _subject(read, row["person_id"], None, denial_id)
    base = _base(denial_id, who, state, row["signed_at"])
    flags = [_extension("kind", valueCode="denial"), _extension("allow-emergency", valueBoolean=row["allow_emergency"])]
    scope = {
        "type": "deny",
        "period": _period(row["effective_from"], ended),
        **_data(row),
        **({"actor": [_actor(row["recipient"])]} if row["recipient"] else {}),
        **({"purpose": [{"system": PURPOSES, "code": row["purpose"]}]} if row["purpose"] else {}),
        **_denied(row),
    }
    # A denial that stands is a rule in force: FHIR calls the record active, the refusal is in its provision.
    status = "active" if state is State.REFUSED else state.fhir
    return {**base, "status": status, "policy": [_LAW], "extension": [*flags, *_channel(row)], "provision": scope}


def _base(id_: UUID, who: str, state: State, signed_at: datetime) -> Node:
    return {
        "resourceType": "Consent",
        "id": str(id_),
        "status": state.fhir,
        "scope": _SCOPE,
        "category": [_CATEGORY],
        "patient": {"reference": who},
        "dateTime": moment(signed_at),
        "performer": [{"reference": who}],
    }


def _provision(row: Row, items: Sequence[Row], terms: Row) -> Node:
    """Say the rule: one for all categories of equal times; else a deny from which each category is an exception."""
    kind = Kind(items[0]["kind"])
    type_ = "permit" if kind.yes else "deny"
    head = {"actor": [_actor(terms["recipient"])], "purpose": [{"system": PURPOSES, "code": terms["purpose"]}]}
    times = {(item["valid_until"], item["data_from"], item["data_until"]) for item in items}
    if len(times) == 1:
        return {"type": type_, **_times(row, items[0]), **head, "class": [_class(item) for item in items]}
    nested = [{"type": type_, **_times(row, item), "class": [_class(item)]} for item in items]
    return {"type": "deny", **head, "provision": nested}


def _times(row: Row, item: Row) -> Node:
    return {"period": _period(row["effective_from"], item["valid_until"]), **_data(item)}


def _data(row: Row) -> Node:
    if row["data_from"] is None and row["data_until"] is None:
        return {}
    return {"dataPeriod": _period(row["data_from"], row["data_until"])}


def _period(start: datetime | None, end: datetime | None) -> Node:
    named = {"start": moment(start), "end": moment(end and end - _INSTANT)}
    return {name: at for name, at in named.items() if at is not None}


def _class(item: Row) -> Node:
    return {"system": CLASSES, "code": item["category"]}


def _denied(row: Row) -> Node:
    classes = [{"system": CLASSES, "code": row["category"]}] if row["category"] else []
    sources = [{"system": SOURCES, "code": row["source"]}] if row["source"] else []
    controllers = [{"system": BUSINESS_ID, "code": row["controller"]}] if row["controller"] else []
    named = [*classes, *sources, *controllers]
    return {"class": named} if named else {}


def _actor(party: str) -> Node:
    role = {"coding": [{"system": _PARTICIPATION, "code": "IRCP"}]}
    return {"role": role, "reference": _party(party)}


def _party(party: str) -> Node:
    return {"identifier": {"system": BUSINESS_ID, "value": party}}


def _verified(row: Row) -> Node:
    if not row["needs_second"]:
        return {}
    return {"verification": [{"verified": bool(row["accepted"])}]}


def _act_extensions(row: Row, kind: Kind) -> list[Node]:
    told = [
        _extension("kind", valueCode=kind.value),
        _extension("agreement", valueUri=f"urn:uuid:{row['agreement_id']}"),
        *_channel(row),
    ]
    if row["notice_n"] is not None:
        shown = [
            {"url": "n", "valueInteger": row["notice_n"]},
            {"url": "language", "valueCode": row["notice_language"]},
            {"url": "sha256", "valueString": row["notice_sha256"].hex()},
        ]
        told.append({"url": EXTENSION + "notice", "extension": shown})
    return told


def _channel(row: Row) -> list[Node]:
    spoken_by = [_extension("representative", valueCode=row["kind"])] if row["kind"] else []
    return [_extension("channel", valueCode=row["channel"]), *spoken_by]


def _extension(name: str, **value: object) -> Node:
    return {"url": EXTENSION + name, **value}


def _subject(read: Read, person_id: UUID, agreement_id: UUID | None, about: UUID) -> str:
    """Call the person as their receipts of the same matter do: a pseudonym of no use elsewhere."""
    former = queries.former(read, person_id=person_id, agreement_id=agreement_id, about=about)
    return f"Patient/{former.subject if former else about}"
