"""The systems that our FHIR Consents name their parts by, and the parts themselves (HL7 FHIR 4.0.1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from consent.receipts.claims import moment

BUSINESS_ID: Final = "urn:oid:1.2.246.10"
PURPOSES: Final = "urn:luukku:purpose"
CLASSES: Final = "urn:luukku:data-class"
SOURCES: Final = "urn:luukku:source"
EXTENSION: Final = "urn:luukku:consent:"
_INSTANT: Final = timedelta(microseconds=1)
"""A FHIR period includes its end; ours does not."""
_PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"

Node = dict[str, Any]
Row = Mapping[str, Any]


def data(row: Row) -> Node:
    """Say of which time the data are, nothing when of any."""
    if row["data_from"] is None and row["data_until"] is None:
        return {}
    return {"dataPeriod": period(row["data_from"], row["data_until"])}


def period(start: datetime | None, end: datetime | None) -> Node:
    """Say from when until when, an open end left out."""
    named = {"start": moment(start), "end": moment(end and end - _INSTANT)}
    return {name: at for name, at in named.items() if at is not None}


def class_(category: str) -> Node:
    """Name a category."""
    return {"system": CLASSES, "code": category}


def purpose(code: str) -> Node:
    """Name a purpose."""
    return {"system": PURPOSES, "code": code}


def actor(party: str) -> Node:
    """Name a recipient."""
    role = {"coding": [{"system": _PARTICIPATION, "code": "IRCP"}]}
    return {"role": role, "reference": party_ref(party)}


def party_ref(party: str) -> Node:
    """Refer to an organisation by its Y-tunnus."""
    return {"identifier": {"system": BUSINESS_ID, "value": party}}


def extension(name: str, **value: object) -> Node:
    """Say what FHIR has no member for."""
    return {"url": EXTENSION + name, **value}
