"""Claims of a receipt that is our own and was verified when it was made."""

import base64
import json
from typing import Any


def claims_of(jws: str) -> dict[str, Any]:
    """Read the claims of a receipt we keep; of one that comes from outside use ``verifying.verify``."""
    payload = jws.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
