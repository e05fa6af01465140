"""The codes of FHIR R4 and of IHE's Basic Audit Log Patterns (BALP 1.1.4) that AuditEvents are written with."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

Node = dict[str, Any]
"""A part of a resource; what is the same in many events stands in it as written before."""

written: Final = msgspec.json.Encoder().encode


def fixed(node: Node | Sequence[Node]) -> msgspec.Raw:
    """Write a part once for all the events that have it."""
    return msgspec.Raw(written(node))


DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
AUTHZ_SUBTYPE: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType"
LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
OBJECT_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
RESOURCE_TYPE: Final = "http://hl7.org/fhir/resource-types"
PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ROLE_CLASS: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleClass"
SECURITY_ROLE: Final = "http://terminology.hl7.org/CodeSystem/extra-security-role-type"
BUSINESS_ID: Final = "urn:oid:1.2.246.10"
PURPOSES: Final = "urn:luukku:purpose"
EVENT_TYPES: Final = "urn:luukku:event-type"
PSEUDONYMS: Final = "urn:luukku:pseudonym"
SYSTEMS: Final = "urn:luukku:system"

EXPORT: Final[Node] = {"system": DCM, "code": "110106", "display": "Export"}
ALERT: Final[Node] = {"system": DCM, "code": "110113", "display": "Security Alert"}
LOG_USED: Final[Node] = {"system": DCM, "code": "110101", "display": "Audit Log Used"}
DISCLOSE: Final[Node] = {"system": LIFECYCLE, "code": "disclose", "display": "Disclose Record Lifecycle Event"}
BY_CONSENT: Final[Node] = {"system": AUTHZ_SUBTYPE, "code": "AuthZ-Consent"}

SOURCE: Final[Node] = {"system": DCM, "code": "110153", "display": "Source Role ID"}
RECIPIENT: Final[Node] = {"system": DCM, "code": "110152", "display": "Destination Role ID"}
APPLICATION: Final[Node] = {"system": DCM, "code": "110150", "display": "Application"}
CUSTODIAN: Final[Node] = {"system": PARTICIPATION, "code": "CST", "display": "custodian"}
USER: Final[Node] = {"system": PARTICIPATION, "code": "IRCP", "display": "information recipient"}
USER_ORGANISATION: Final[Node] = {"system": ROLE_CLASS, "code": "PROV", "display": "healthcare provider"}
AUTHORIZER: Final[Node] = {"system": SECURITY_ROLE, "code": "authserver", "display": "authorization server"}

MACHINE_NAME: Final = "1"
URI: Final = "5"
"""Kinds of network address (http://hl7.org/fhir/network-type)."""

_PROFILES: Final = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit"
DISCLOSURE_PROFILE: Final = f"{_PROFILES}.PrivacyDisclosure.Source"
DECISION_PROFILE: Final = f"{_PROFILES}.AuthZconsent"
