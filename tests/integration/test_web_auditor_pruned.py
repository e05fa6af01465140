"""All about a person, exported from a log of which the first events have gone by right: it verifies, by the claim that it shows."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest

from audit import retention
from audit.checkpoint import HOST
from audit.manifest import exporter
from audit.queries import sequence
from audit.retention import Ended
from cli.verify.given import Given
from cli.verify.pieces import export
from db.clock import now
from db.engine import Database, Login
from db.ids import uuid7
from db.keys import Use
from tests.integration.test_web_auditor import CASE, exported
from tests.logs import a_disclosure, entries
from tests.pages import a_browser
from tests.published import HETU

READS = 3


@pytest.fixture
def looked(world, log, monkeypatch):
    """Somebody was looked at this year, and once more before its end, which was sealed in the next year's log."""
    person = world.person()
    with log.sealer() as sealer:
        for _ in range(READS):
            sealer.seal(a_disclosure(person_id=person, id=uuid7(now()), at=now(), decided=False))
        moment = now() + timedelta(days=366)
        monkeypatch.setattr("audit.sequencer.now", lambda: moment)
        monkeypatch.setattr("audit.sequencer.MOST_OFF", timedelta.max)
        sealer.seal(a_disclosure(person_id=person, id=uuid7(now()), at=now(), decided=False))


@pytest.fixture
def prune(looked, database_url, keyring, log, owner):
    """The first events of the former log go by right, so many looks at the person with them."""

    def pruned(looks):
        places = [row.index for row in entries(owner) if (row.log, row.type) == (now().year, "disclosure.read")]
        count = places[looks - 1] + 1
        with Database(database_url, Login.KEEPER, keyring) as keeper, keeper.transaction() as tx:
            claim = retention.claim(tx, Ended(now().year, 0, count - 1), now())
        log.settle(owner)
        with Database(database_url, Login.SEQUENCER, keyring) as sequencer, sequencer.transaction() as tx:
            assert retention.prune(tx, claim) == count

    return pruned


@pytest.fixture
def packed(looked, web_login, keyring):
    """All about the person, as an auditor gets it."""

    def made():
        with a_browser(web_login, keyring) as auditor:
            auditor.sign_in("auditor-1")
            return exported(auditor, auditor.post("/audit", {"hetu": HETU, **CASE}).headers["location"])[1].content

    return made


@pytest.fixture
def verify(owner, keyring, tmp_path):
    """The code of the command, by the keys of both logs and of exports."""

    def verified(content):
        with owner.read() as read:
            keys = [*sequence.signers(read, now().year), *sequence.signers(read, now().year + 1)]
        path = tmp_path / "export.zip"
        path.write_bytes(content)
        ours = str(exporter(HOST, keyring.public_key(Use.EXPORT)))
        return export(path, Given(keyring=tmp_path / "none", keys=[*keys, ours]))

    return verified


def without_the_claim(content):
    written = BytesIO()
    with ZipFile(BytesIO(content)) as whole, ZipFile(written, "w", ZIP_STORED) as made:
        for name in whole.namelist():
            if not name.startswith("pruned/"):
                made.writestr(name, whole.read(name))
    return written.getvalue()


def test_numbers_begin_anew_in_each_log_and_that_is_no_gap(packed, verify):
    assert verify(packed()) == 0


@pytest.mark.parametrize("looks", [1, READS])
def test_a_list_begins_where_the_log_does_and_the_claim_says_so(prune, packed, verify, looks, capsys):
    prune(looks)

    content = packed()

    assert verify(content) == 0
    assert verify(without_the_claim(content)) == 1
    assert ("person_gap" in capsys.readouterr().out) == (looks < READS)
