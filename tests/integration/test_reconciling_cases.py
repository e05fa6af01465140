"""A case of the auditors' queue that was opened, closed, altered or taken away past its event is named."""

from datetime import timedelta

import pytest

from audit.witnessing import Asked, Outcome
from db.clock import now
from db.engine import Database, Login
from publish.queries.reconciling import Stretch, found
from publish.reconciling.witnesses import tell_disagreement
from tests.pages import a_browser
from tests.privacy.searched import FREE_TEXT
from tests.tampering import tamper

HOUR = timedelta(hours=1)
OPEN = "NOT EXISTS (SELECT FROM audit.review_end c WHERE c.review_id = r.review_id)"
END = f"""
    INSERT INTO audit.review_end (review_id, outcome, closed_at, closing)
    SELECT review_id, 'explained', clock_timestamp(), {{closing}} FROM audit.review r WHERE {OPEN}
"""
PAST_THE_LOG = {
    "closed without an event": (END.format(closing="gen_random_uuid()"),),
    "closed by another case's event": (END.format(closing="(SELECT closing FROM audit.review_end LIMIT 1)"),),
    "closed otherwise": ("UPDATE audit.review_end SET outcome = 'no_finding'",),
    "opened again": ("DELETE FROM audit.review_end",),
    "opened by another rule": ("UPDATE audit.review SET rule = 'volume'",),
    "taken away": (f"DELETE FROM audit.review r WHERE {OPEN}",),
    "its event taken away": ("DELETE FROM audit.event WHERE type = 'finding.closed'",),
}


@pytest.fixture
def reconciler(database_url, keyring):
    with Database(database_url, Login.RECONCILER, keyring) as database:
        yield database


@pytest.fixture
def queue(log, owner, reconciler, web_login, keyring):
    """Two cases, of which an auditor has closed one."""
    seen = [Asked(f"w{number}", Outcome.FORKED, number) for number in range(2)]
    tell_disagreement(reconciler, seen, at=now())
    log.settle(owner)
    with a_browser(web_login, keyring) as auditor:
        auditor.sign_in("auditor-1")
        case = auditor.get("/audit/reviews").text.partition("/audit/reviews/")[2][:36]
        auditor.post(f"/audit/reviews/{case}", {"outcome": "explained", "note": FREE_TEXT})
    log.settle(owner)


def untold(reconciler):
    with reconciler.read() as read:
        return len(found(read, "case_untold", Stretch(now() - HOUR, now() + HOUR)))


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize("altered", PAST_THE_LOG)
def test_a_case_that_is_not_as_the_log_tells_is_named(database_url, reconciler, altered):
    before = untold(reconciler)

    tamper(database_url, *PAST_THE_LOG[altered])

    assert (before, untold(reconciler) > 0) == (0, True)
