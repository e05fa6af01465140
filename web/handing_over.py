"""A receipt handed over, as a file that verifies without us: told to the log, once each time (CONSENT.md 12, ACCESS-LOG 3)."""

from hashlib import sha256
from typing import Final

from starlette.responses import Response

from audit.events import ChangeRef, EventType, RequestRef
from consent.queries.receipts import Kept
from web.pages.visit import Visit

MEDIA_TYPE: Final = "application/jwt"


def handed_over(visit: Visit, kept: Kept, *, route: str) -> Response:
    """Give a receipt to who asks for it; ``route``: the page's template."""
    digest = sha256(kept.jws.encode()).hexdigest()
    visit.looked(
        EventType.RECEIPT_ISSUED,
        person_id=kept.person_id,
        change=ChangeRef(table="consent.receipt", id=str(kept.jti), digest=digest),
        request=RequestRef(route=f"GET {route}", trust="page"),
    )
    name = f'attachment; filename="receipt-{kept.jti}.jwt"'
    return Response(kept.jws, media_type=MEDIA_TYPE, headers={"Content-Disposition": name})
