"""Acts, denials and pauses as FHIR R4 Consents, one for each (HL7 FHIR 4.0.1, Consent; shape of ``reference/fhir/consent.json``)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from audit.events import EventType
from consent.exports.fhir_parts import (
    BUSINESS_ID,
    EXTENSION,
    SOURCES,
    Node,
    Row,
    actor,
    class_,
    data,
    extension,
    party_ref,
    period,
    purpose,
)
from consent.model import Kind
from consent.queries import receipts as queries
from consent.queries import recorded
from consent.queries.recorded import Pause
from consent.receipts.claims import moment, state_after
from consent.receipts.live import acts_at_work
from consent.receipts.states import State
from db.engine import Read

_SCOPE: Final = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]
}
_CATEGORY: Final = {"coding": [{"system": "http://loinc.org", "code": "59284-0", "display": "Patient Consent"}]}
_LAW: Final = {
    "authority": "https://www.finlex.fi",
    "uri": "https://www.finlex.fi/fi/laki/ajantasa/1999/19990621#P26",
}
"""The consent lifts the secrecy of 621/1999 section 26."""
_ACTIVE: Final = State.GIVEN.fhir
_OVER: Final = State.WITHDRAWN.fhir


def consents(read: Read, *, person_id: UUID, at: datetime) -> list[Node]:
    """Give all that a person has said as it stands at a moment: a Consent for each act, each denial and each pause, oldest first."""
    at_work = acts_at_work(read, person_id, at=at)
    acts = [of_act(read, act_id, at_work=act_id in at_work) for act_id in recorded.acts_of(read, person_id)]
    denials = [of_denial(read, denial_id) for denial_id in recorded.denials_of(read, person_id)]
    return acts + denials + [of_pause(read, pause, at=at) for pause in recorded.pauses_of(read, person_id)]


def of_act(read: Read, act_id: UUID, *, at_work: bool) -> Node:
    """Give an act: a yes as permit, a no as deny, with the moments of its signing and of its effect.

    A yes that is not ``at_work`` any more (withdrawn since, run out, overtaken) is not active: who reads it alone would else rely on it.
    """
    row, items = queries.act_of(read, act_id), queries.items_of(read, act_id)
    terms = queries.terms_of(read, row["agreement_id"])
    voided = recorded.voided(read, act_id=act_id)
    state = state_after(row, items, EventType.CONSENT_INVALIDATED if voided else EventType.CONSENT_GIVEN)
    who = _subject(read, row["person_id"], row["agreement_id"], act_id)
    return {
        **_base(act_id, who, row["signed_at"]),
        "status": _OVER if state.fhir == _ACTIVE and not at_work else state.fhir,
        "organization": [party_ref(terms["controller"])],
        "policy": [_LAW],
        **_verified(row),
        "extension": _act_extensions(row, Kind(items[0]["kind"])),
        "provision": _provision(row, items, terms),
    }


def of_denial(read: Read, denial_id: UUID) -> Node:
    """Give a standing no: a deny whose scope is what it names, any being what it leaves out.

    One that stands is a rule in force: FHIR calls the record active, the refusal is in its provision.
    """
    row = queries.denial_of(read, denial_id)
    ended = row["lift_effective_from"]
    voided = recorded.voided(read, denial_id=denial_id)
    who = _subject(read, row["person_id"], None, denial_id)
    flags = [extension("kind", valueCode="denial"), extension("allow-emergency", valueBoolean=row["allow_emergency"])]
    scope = {
        "type": "deny",
        "period": period(row["effective_from"], ended),
        **data(row),
        **({"actor": [actor(row["recipient"])]} if row["recipient"] else {}),
        **({"purpose": [purpose(row["purpose"])]} if row["purpose"] else {}),
        **_denied(row),
    }
    return {
        **_base(denial_id, who, row["signed_at"]),
        "status": State.INVALIDATED.fhir if voided else _OVER if ended else _ACTIVE,
        "policy": [_LAW],
        "extension": [*flags, *_channel(row)],
        "provision": scope,
    }


def of_pause(read: Read, pause: Pause, *, at: datetime) -> Node:
    """Give a pause: a deny of all that an agreement covers while it lasts."""
    terms = queries.terms_of(read, pause.agreement_id)
    who = _subject(read, pause.person_id, pause.agreement_id, pause.suspension_id)
    rule = {
        "type": "deny",
        "period": period(pause.from_at, pause.until_at),
        "actor": [actor(terms["recipient"])],
        "purpose": [purpose(terms["purpose"])],
        "class": [class_(category) for category in sorted(terms["categories"])],
    }
    return {
        **_base(pause.suspension_id, who, pause.from_at),
        "status": _ACTIVE if pause.holds(at) else _OVER,
        "organization": [party_ref(terms["controller"])],
        "policy": [_LAW],
        "extension": [extension("kind", valueCode="pause"), _agreement(pause.agreement_id)],
        "provision": rule,
    }


def _base(id_: UUID, who: str, signed_at: datetime) -> Node:
    return {
        "resourceType": "Consent",
        "id": str(id_),
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
    head = {"actor": [actor(terms["recipient"])], "purpose": [purpose(terms["purpose"])]}
    times = {(item["valid_until"], item["data_from"], item["data_until"]) for item in items}
    if len(times) == 1:
        return {"type": type_, **_times(row, items[0]), **head, "class": [class_(item["category"]) for item in items]}
    nested = [{"type": type_, **_times(row, item), "class": [class_(item["category"])]} for item in items]
    return {"type": "deny", **head, "provision": nested}


def _times(row: Row, item: Row) -> Node:
    return {"period": period(row["effective_from"], item["valid_until"]), **data(item)}


def _denied(row: Row) -> Node:
    classes = [class_(row["category"])] if row["category"] else []
    sources = [{"system": SOURCES, "code": row["source"]}] if row["source"] else []
    controllers = [{"system": BUSINESS_ID, "code": row["controller"]}] if row["controller"] else []
    named = [*classes, *sources, *controllers]
    return {"class": named} if named else {}


def _verified(row: Row) -> Node:
    if not row["needs_second"]:
        return {}
    return {"verification": [{"verified": bool(row["accepted"])}]}


def _act_extensions(row: Row, kind: Kind) -> list[Node]:
    told = [extension("kind", valueCode=kind.value), _agreement(row["agreement_id"]), *_channel(row)]
    if row["notice_n"] is not None:
        shown = [
            {"url": "n", "valueInteger": row["notice_n"]},
            {"url": "language", "valueCode": row["notice_language"]},
            {"url": "sha256", "valueString": row["notice_sha256"].hex()},
        ]
        told.append({"url": EXTENSION + "notice", "extension": shown})
    return told


def _agreement(agreement_id: UUID) -> Node:
    return extension("agreement", valueUri=f"urn:uuid:{agreement_id}")


def _channel(row: Row) -> list[Node]:
    spoken_by = [extension("representative", valueCode=row["kind"])] if row["kind"] else []
    return [extension("channel", valueCode=row["channel"]), *spoken_by]


def _subject(read: Read, person_id: UUID, agreement_id: UUID | None, about: UUID) -> str:
    """Call the person as their receipts of the same matter do: a pseudonym of no use elsewhere."""
    former = queries.former(read, person_id=person_id, agreement_id=agreement_id, about=about)
    return f"Patient/{former.subject if former else about}"
