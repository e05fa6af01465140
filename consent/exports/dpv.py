"""A consent record as JSON-LD: ISO/IEC TS 27560 in the words of the Data Privacy Vocabulary, made of the receipts of one matter."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from consent.queries import receipts as queries
from consent.queries.receipts import Kept
from consent.receipts.reading import claims_of
from db.engine import Read
from schemas.vocabulary import Category
from schemas.words import CATEGORIES

SCHEMA: Final = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr"
UNVERIFIED: Final = "unverified: no authority has confirmed this contact"
CONTEXT: Final = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_RIGHTS: Final = ("eu-gdpr:A7-3", "eu-gdpr:A13", "eu-gdpr:A15", "eu-gdpr:A16", "eu-gdpr:A17", "eu-gdpr:A77")

Claims = Mapping[str, Any]
Node = dict[str, Any]


class PartyNotDescribed(LookupError):
    """A party of the record has no contact or postal address on its card, which the standard asks for; named by Y-tunnus."""


def record(read: Read, *, person_id: UUID, agreement_id: UUID) -> Node | None:
    """Give the record of what a person has said under an agreement, every event of it; None when nothing was ever receipted.

    Raises PartyNotDescribed: a record without one of the standard's mandatory fields is not made.
    """
    kept = [each for each in queries.of_person(read, person_id) if each.agreement_id == agreement_id]
    said = [claims for claims in map(_claims, reversed(kept)) if "act" in claims]
    if not said:
        return None
    newest = said[-1]
    return {
        "@context": CONTEXT,
        "@type": "dpv:ConsentRecord",
        "@id": f"{newest['iss']}/records/{newest['sub'].removeprefix('urn:uuid:')}",
        "dct:conformsTo": SCHEMA,
        "dpv:hasIdentifier": newest["sub"],
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dpv:hasIdentifier": newest["sub"]},
        "dpv:hasNotice": _notices(said),
        "dpv:hasProcess": [_process(said)],
        "dpv:hasEntity": _parties(newest),
        "dpv:hasConsentStatus": [_event(claims) for claims in said],
    }


def _claims(kept: Kept) -> Claims:
    return claims_of(kept.jws)


def _notices(said: Sequence[Claims]) -> list[Node]:
    """Name each text that was shown, once; a no that was said without one refers to the agreement's own."""
    shown = {(claims["notice"]["n"], claims["notice"]["lang"]): claims["notice"] for claims in said if claims["notice"]}
    if not shown:
        agreement = said[-1]["agreement"]
        about = f"urn:uuid:{agreement['id']}"
        return [{"@type": "dpv:ConsentNotice", "dct:language": ["fi", "sv", "en"], "dpv:hasIdentifier": about}]
    return [
        {
            "@type": "dpv:ConsentNotice",
            "dpv:hasIdentifier": f"sha256:{notice['sha256']}",
            "dct:language": notice["lang"],
            "dct:description": {"@value": notice["text"], "@language": notice["lang"]},
        }
        for _, notice in sorted(shown.items())
    ]


def _process(said: Sequence[Claims]) -> Node:
    newest = said[-1]
    categories = sorted({item["category"] for claims in said for item in claims["items"]})
    purpose = newest["purpose"]
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@type": purpose["iri"],
            "dct:identifier": purpose["code"],
            "dct:title": _spoken(purpose["text"]),
        },
        "dpv:hasPersonalData": [_personal(Category(category)) for category in categories],
        "dpv:hasProcessing": ["dpv:Disclose", "dpv:MakeAvailable"],
        "dpv:hasStorageCondition": _storage(newest),
        "dpv:hasDataController": [_ref(party) for party in newest["controllers"]],
        "dpv:hasLegalBasis": newest["legal_basis"],
        "dpv:hasRecipient": [_ref(party) for party in newest["recipients"]],
        "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "schema:url": newest["withdraw_at"]},
        "dpv:hasJurisdiction": newest["jurisdiction"],
        "dpv:hasRight": [{"@type": right, "schema:url": newest["rights_at"]} for right in _RIGHTS],
    }


def _personal(category: Category) -> Node:
    kinds = ["dpv:PersonalData", *(["dpv:SpecialCategoryPersonalData"] if category.special else [])]
    words = CATEGORIES[category]
    named = {"fi": words.fi, "sv": words.sv, "en": words.en}
    return {"@type": kinds, "dct:identifier": category.value, "dct:title": _spoken(named)}


def _storage(claims: Claims) -> list[Node]:
    days = claims["retention_days"]
    lasting = {"@type": "dpv:StorageDuration", "dct:description": "as the recipient's law says"}
    if days is not None:
        lasting = {"@type": "dpv:StorageDuration", "dpv:hasDuration": f"P{days}D"}
    return [{"@type": "dpv:StorageLocation", "dpv:hasLocation": claims["storage"]}, lasting]


def _parties(claims: Claims) -> list[Node]:
    """Describe who takes part, each with its role and how to reach it."""
    roles = (
        *((party, "dpv:DataController") for party in claims["controllers"]),
        *((party, "dpv:ThirdParty") for party in claims["recipients"]),
        (claims["authority"], "dpv:Authority"),
    )
    return [_party(party, role) for party, role in roles]


def _party(party: Mapping[str, Any], role: str) -> Node:
    if None in (party["email"], party["street"], party["postcode"], party["town"]):
        raise PartyNotDescribed(party["id"])
    address = {
        "@type": "schema:PostalAddress",
        "schema:streetAddress": party["street"],
        "schema:postalCode": party["postcode"],
        "schema:addressLocality": party["town"],
    }
    contact = {"@type": "schema:ContactPoint", "schema:email": party["email"], "schema:address": address}
    reached = {"schema:telephone": party["phone"], "schema:url": party["url"]}
    return {
        **_ref(party),
        "@type": role,
        "dpv:hasName": _spoken(party["name"]),
        "schema:contactPoint": contact | {name: value for name, value in reached.items() if value},
        **({"dct:description": UNVERIFIED} if party.get("unverified") else {}),
    }


def _ref(party: Mapping[str, Any]) -> Node:
    return {"@id": f"urn:ytunnus:{party['id']}", "dpv:hasIdentifier": party["id"]}


def _event(claims: Claims) -> Node:
    """Tell one event: the state it left, when, for how long, by whom and which way."""
    return {
        "@type": claims["state"],
        "dpv:hasIdentifier": f"urn:uuid:{claims['jti']}",
        "dpv:hasLegalBasis": claims["legal_basis"],
        "dpv:hasConsentStatus": claims["state"],
        "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime", "@value": claims["signed"]},
        "dpv:hasDuration": _duration(claims),
        "dpv:isIndicatedBy": claims["sub"] if claims["by"] == "self" else f"{claims['sub']}#{claims['by']}",
        "dpv:hasIndicationMethod": claims["channel"],
    }


def _duration(claims: Claims) -> Node:
    if claims["until"] is None:
        return {"@type": "dpv:EndlessDuration"}
    return {"@type": "dpv:UntilTimeDuration", "dct:valid": {"@type": "xsd:dateTime", "@value": claims["until"]}}


def _spoken(text: Mapping[str, str]) -> list[Node]:
    return [{"@language": language, "@value": text[language]} for language in ("fi", "sv", "en")]
