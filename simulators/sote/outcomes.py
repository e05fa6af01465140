"""How a county's system refuses: FHIR OperationOutcome."""

import json

from simulators.wire import Answer

FHIR = "application/fhir+json;charset=utf-8"
CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    410: "deleted",
    415: "not-supported",
} | {
    429: "throttled",
    500: "exception",
    503: "transient",
}


class Refused(Exception):
    """A request that the system does not serve: HTTP status and a sentence without any personal value."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def refuse(status: int, sentence: str = "Asked for as a fault") -> Answer:
    """Write a refusal."""
    issue = {"severity": "error", "code": CODES[status], "diagnostics": sentence}
    return Answer(
        status=status, media_type=FHIR, body=json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()
    )
