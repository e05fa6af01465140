"""The schemas of what tells what holds, and who has looked, without any view."""

from web.shapes import CODES, DAY, MOMENT, REF, TEXT, Json, ground, object_of


def schemas() -> Json:
    """Give every schema by name."""
    return {
        "Consents": object_of({"person_ref": REF, "consents": _listed(_consent())}),
        "Decided": object_of(
            {
                "decision_id": {"type": "string", "pattern": "^d_[0-9a-hjkmnp-tv-z]{26}$"},
                "decided_at": MOMENT,
                "permitted": _listed(object_of({"category": _one("category"), "ground": ground()})) | {"minItems": 1},
                "explained": _listed(_explained()) | {"minItems": 1},
            },
            optional=("permitted", "explained"),
        ),
        "Usages": object_of({"totalUsages": {"type": "integer"}, "usages": _listed(_usage())}),
        "UsagePeriod": object_of({"periodStart": MOMENT, "periodEnd": MOMENT}, optional=("periodEnd",)),
        "Heartbeat": object_of(
            {"status": {"type": "string", "enum": ["OK", "FAIL"]}, "message": TEXT}, optional=("message",)
        ),
        "CodeLists": object_of({"codelists": _listed(object_of({"id": TEXT, "version": DAY}))}),
        "CodeList": object_of({"id": TEXT, "version": DAY, "codes": _listed(_named())}),
    }


def _consent() -> Json:
    notice = object_of({"id": {"type": "string", "format": "uuid"}, "version": {"type": "integer"}, "language": TEXT})
    return object_of(
        {
            "ref": TEXT,
            "purpose": _one("purpose"),
            "categories": _listed(_one("category")) | {"minItems": 1},
            "from": DAY,
            "until": DAY,
            "notice": notice,
        },
        optional=("until", "notice"),
    )


def _explained() -> Json:
    candidate = object_of(
        {"step": _one("reason"), "act": {"type": "string", "format": "uuid"}, "at": MOMENT}, optional=("act", "at")
    )
    return object_of(
        {
            "category": _one("category"),
            "recipient": TEXT,
            "verdict": {"type": "string", "enum": ["permit", "deny"]},
            "reason": _one("reason"),
            "policy": DAY,
            "candidates": _listed(candidate),
            "unverified": {"const": True},
            "would_permit": TEXT,
        },
        optional=("unverified", "would_permit"),
    )


def _usage() -> Json:
    """As the Data Tracker has it."""
    return object_of(
        {"logtime": MOMENT, "action": TEXT, "receiverCode": TEXT, "receiverName": TEXT, "receiverSystem": TEXT}
    )


def _named() -> Json:
    return object_of({"code": TEXT, "fi": TEXT, "sv": TEXT, "en": TEXT})


def _one(of: str) -> Json:
    return {"type": "string", "enum": CODES[of]}


def _listed(schema: Json) -> Json:
    return {"type": "array", "items": schema}
