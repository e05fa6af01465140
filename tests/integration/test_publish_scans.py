"""Scans of papers: what may be kept, where it rests, and who may look."""

import hashlib
from dataclasses import replace

import pytest

from audit.events import EventType
from connectors.store import open_store
from consent.errors import ConsentError, Fault
from db.clock import now
from publish import scans
from publish.scans import MOST_BYTES, Scan
from tests.integration.test_consent_registry import NOON, ONLINE, SH, consent_to, grant
from tests.spec import live, world

PDF = b"%PDF-1.7 a paper"


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path))


@pytest.fixture
def act_id(examples, owner, web_login):
    with owner.transaction() as tx:
        person = live.live(tx, ())
    with web_login.transaction() as tx:
        return grant(
            tx,
            person,
            agreement=world.S_AGREEMENT,
            consent=consent_to(SH),
            by=live.STEWARD,
            expressed=replace(ONLINE, channel="paper"),
        ).act_id


def a_scan(body=PDF, media_type="application/pdf", **changed):
    return Scan(body=body, media_type=media_type, **changed)


def kept(database, store, act_id, *, by=live.STEWARD, scan=None):
    with database.transaction() as tx:
        return scans.keep(tx, store, scan or a_scan(), act_id=act_id, by=by, at=NOON)


def shown(database, store, evidence_id, *, by=live.STEWARD):
    with database.read() as read:
        return scans.show(read, store, evidence_id, by=by, at=now())


def test_a_scan_comes_back_as_it_was_and_rests_in_no_form_to_be_read(web_login, store, tmp_path, act_id):
    evidence_id = kept(web_login, store, act_id)

    (resting,) = [path for path in tmp_path.rglob("*") if path.is_file()]

    assert shown(web_login, store, evidence_id)[0].body == PDF
    assert b"a paper" not in resting.read_bytes()
    with web_login.read() as read:
        (row,) = scans.of_act(read, act_id, by=live.SECOND)
    assert row.sha256 == hashlib.sha256(PDF).digest()


def test_a_look_comes_with_the_event_that_is_sealed_before_it_is_shown(web_login, store, act_id):
    evidence_id = kept(web_login, store, act_id)

    _, event = shown(web_login, store, evidence_id)

    assert (event.type, event.change.id) == (EventType.EVIDENCE_VIEWED, str(evidence_id))


@pytest.mark.parametrize(
    "by",
    [replace(live.STEWARD, office=world.Q), replace(live.STEWARD, office=None), live.HERSELF, live.ADMIN],
)
def test_nobody_but_a_steward_of_the_office_finds_it(web_login, store, act_id, by):
    evidence_id = kept(web_login, store, act_id)

    with pytest.raises(ConsentError) as refused:
        shown(web_login, store, evidence_id, by=by)

    assert refused.value.fault is Fault.NOT_FOUND
    with web_login.read() as read:
        assert scans.of_act(read, act_id, by=by) == []


def test_nobody_adds_to_another_offices_record(web_login, store, act_id):
    with pytest.raises(ConsentError) as refused:
        kept(web_login, store, act_id, by=replace(live.STEWARD, office=world.Q))

    assert refused.value.fault is Fault.NOT_FOUND


@pytest.mark.parametrize(
    "scan",
    [
        a_scan(b"GIF89a"),
        a_scan(media_type="image/png"),
        a_scan(media_type="text/html"),
        a_scan(b""),
        a_scan(PDF + b"x" * MOST_BYTES),
        a_scan(sha256=b"\x00" * 32),
    ],
    ids=["another type", "called otherwise", "a page", "empty", "too large", "another hash"],
)
def test_what_is_no_scan_is_refused_and_nothing_is_kept(web_login, store, tmp_path, act_id, scan):
    with pytest.raises(ConsentError) as refused:
        kept(web_login, store, act_id, scan=scan)

    assert (refused.value.fault, refused.value.field) == (Fault.BAD_EVIDENCE, "scan")
    assert list(tmp_path.iterdir()) == []


def test_a_scan_that_was_exchanged_does_not_open(web_login, store, act_id):
    first, second = kept(web_login, store, act_id), kept(web_login, store, act_id)
    store.put(f"scans/{first}", store.get(f"scans/{second}"))

    with pytest.raises(Exception, match="does not open here"):
        shown(web_login, store, first)
