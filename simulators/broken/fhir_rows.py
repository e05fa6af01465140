"""How a FHIR resource of a county is broken, bare or as a Bundle's entry; None where the kind does not fit it."""

from collections.abc import Callable, Mapping
from typing import Any

from simulators.broken.kinds import Broken, Row, other_century, wrong_check

LONG_AGO = "1999-12-31"
MANDATORY = ("authoredOn", "status", "identifier")
HETU_SYSTEM = "urn:oid:1.2.246.21"


def _resource(change: Callable[[Row], Row | None]) -> Callable[[Row], list[Row] | None]:
    """Let a change work on the resource, wherever it lies."""

    def how(row: Row) -> list[Row] | None:
        changed = change(row.get("resource", row))
        if changed is None:
            return None
        return [row | {"resource": changed}] if "resource" in row else [changed]

    return how


def _recoded(change: Callable[[str], str]) -> Callable[[Row], Row | None]:
    def how(resource: Row) -> Row | None:
        recoded = _with_hetu(resource, change)
        return recoded if recoded != resource else None

    return how


def _with_hetu(value: Any, change: Callable[[str], str]) -> Any:
    """Change the identity code wherever an identifier of the HETU's system stands."""
    if isinstance(value, list):
        return [_with_hetu(one, change) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("system") == HETU_SYSTEM:
        return value | {"value": change(value["value"])}
    return {name: _with_hetu(one, change) for name, one in value.items()}


def _date_order(resource: Row) -> Row | None:
    period = resource.get("period")
    return resource | {"period": period | {"end": LONG_AGO}} if period else None


def _unknown_code(resource: Row) -> Row | None:
    return resource | {"status": "arvoitus"} if "status" in resource else None


def _missing_field(resource: Row) -> Row | None:
    gone = next((name for name in MANDATORY if name in resource), None)
    return {name: value for name, value in resource.items() if name != gone} if gone else None


def _wrong_type(resource: Row) -> Row | None:
    name = next((name for name in ("authoredOn", "period", "status") if name in resource), None)
    return resource | {name: 5} if name else None


def _broken_reference(resource: Row) -> Row | None:
    return resource | {"subject": {"reference": "Patient/tuntematon"}} if "subject" in resource else None


def _number_code(resource: Row) -> Row | None:
    category = resource.get("category")
    if not category:
        return None
    coding = category[0]["coding"][0]
    return resource | {"category": [{"coding": [coding | {"code": int(coding["code"])}]}]}


HOW: Mapping[Broken, Callable[[Row], list[Row] | None]] = {
    Broken.WRONG_CHECK: _resource(_recoded(wrong_check)),
    Broken.OTHER_CENTURY: _resource(_recoded(other_century)),
    Broken.DATE_ORDER: _resource(_date_order),
    Broken.UNKNOWN_CODE: _resource(_unknown_code),
    Broken.MISSING_FIELD: _resource(_missing_field),
    Broken.WRONG_TYPE: _resource(_wrong_type),
    Broken.BROKEN_REFERENCE: _resource(_broken_reference),
    Broken.NUMBER_CODE: _resource(_number_code),
}
