"""A class of a year that has ended: its details and decisions go by a sealed event, its entries stay and verify; the page tells it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from audit import retention, tables
from audit.checkpoint import VerifierKey
from audit.events import RetentionClass
from audit.fence import Fence
from audit.log import record_all
from audit.proof import Proof
from audit.pseudonyms import pseudonym
from audit.verify import Summary, trusting, verify_database
from audit.verify.pieces import Signers, verify_proof
from db.engine import Database, Login
from db.errors import KeyMissing, StatementRefused
from db.keys import Keyring, Use, new_keyring
from publish.keeping.log import end_classes
from publish.queries import reconciling
from publish.queries.reconciling import Stretch
from tests.logs import a_disclosure, a_log, an_event, entries
from tests.pages import a_browser
from tests.published import Handed

OLD = datetime(2026, 12, 31, 12, tzinfo=UTC)
SIX_YEARS_ON = datetime(2032, 1, 2, tzinfo=UTC)
LONG_AFTER = datetime(2039, 1, 2, tzinfo=UTC)
PEOPLE = 5


@pytest.fixture
def log(database_url, keyring, web_login, sealed_at):
    """Disclosures of class sote, then events of class employment, all of 2026; the clock then stands in 2032."""
    sealed_at[0] = OLD
    with a_log(database_url, keyring) as made:
        made.start()
        with made.sealer() as sealer:
            for _ in range(PEOPLE):
                sealer.seal(a_disclosure())
            with web_login.transaction() as tx:
                record_all(tx, [an_event() for _ in range(PEOPLE)])
            sealer.seal(a_disclosure(decided=False))
            sealed_at[0] = SIX_YEARS_ON
            sealer.seal(a_disclosure(decided=False))
        made.moment = sealed_at
        yield made


@dataclass
class House(Handed):
    """With a keyring file of its own."""

    keyring_path: Path


@pytest.fixture
def ring(tmp_path):
    """The file of the keys."""
    path = tmp_path / "keyring.json"
    new_keyring(path, development=True)
    return path


@pytest.fixture
def night(log, database_url, ring, tmp_path):
    """What a night at a moment takes away."""

    def end(at):
        log.moment[0] = at
        return end_classes(House(database_url, Keyring.open(ring), str(tmp_path), ring), at=at)

    return end


def left(owner, table):
    with owner.read() as read:
        return read.execute(select(func.count()).select_from(table)).scalar_one()


def of_employment(owner):
    return [bytes(row.entry) for row in entries(owner) if row._mapping["class"] == "employment"]


def classes_with_keys(owner):
    with owner.read() as read:
        of = tables.detail_key.c
        return {(log, class_) for log, class_ in read.execute(select(of.log, of.class_))}


@pytest.fixture
def findings(log, verifier_login, keyring):
    """What verifying the log finds."""

    def verified():
        log.stop()
        lines = verify_database(verifier_login, trusting(keyring, Fence(log.fence)), with_details=True)
        return [line for line in lines if not isinstance(line, Summary)]

    return verified


def test_a_class_that_has_ended_is_unlinked_and_the_others_stay(night, owner, findings):
    assert classes_with_keys(owner) >= {(2026, "employment"), (2026, "sote")}
    before = of_employment(owner)

    gone = night(SIX_YEARS_ON)

    assert gone["unlinked"] == PEOPLE
    assert (2026, "employment") not in classes_with_keys(owner)
    assert (2026, "sote") in classes_with_keys(owner)
    assert left(owner, tables.decision) == PEOPLE
    assert of_employment(owner) == before
    assert len(before) == PEOPLE
    assert "retention.unlinked" in [row.type for row in entries(owner)]
    assert findings() == []


def test_the_pseudonym_keys_of_what_was_unlinked_are_destroyed_and_the_others_count_as_before(night, ring):
    before = Keyring.open(ring)
    stay = [(2026, "sote"), (2027, "employment"), (2032, "admin")]
    counted = [pseudonym(before, year, RetentionClass(class_), "person", "x") for year, class_ in stay]

    night(SIX_YEARS_ON)

    after = Keyring.open(ring)
    assert [pseudonym(after, year, RetentionClass(class_), "person", "x") for year, class_ in stay] == counted
    with pytest.raises(KeyMissing):
        pseudonym(after, 2026, RetentionClass.EMPLOYMENT, "person", "x")
    assert {*before.key_ids(Use.LOG_PSEUDONYM)}.isdisjoint(after.key_ids(Use.LOG_PSEUDONYM))
    night(SIX_YEARS_ON)
    assert Keyring.open(ring).key_ids(Use.LOG_PSEUDONYM) == after.key_ids(Use.LOG_PSEUDONYM)


def test_the_longest_class_takes_its_decisions_along_and_nothing_counts_as_missing(night, owner, findings):
    night(LONG_AFTER)

    assert left(owner, tables.decision) == 0
    assert {year for year, _ in classes_with_keys(owner)} <= {2032, 2039}
    stretch = Stretch(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    with owner.read() as read:
        assert reconciling.found(read, "decision_missing", stretch) == []
    assert findings() == []


def test_a_night_that_is_repeated_unlinks_nothing_again(night, owner):
    night(SIX_YEARS_ON)

    again = night(SIX_YEARS_ON)

    assert again.get("unlinked", 0) == 0
    assert [row.type for row in entries(owner)].count("retention.unlinked") == left(owner, tables.unlinked)


def test_a_longer_class_by_a_dated_row_keeps_what_would_have_gone(night, owner):
    row = {"class_": "employment", "years": 10, "law": "a test", "verified": False, "approved_by": ["one", "two"]}
    with owner.transaction() as tx:
        tx.execute(insert(tables.retention_class).values({**row, "valid_from": OLD}))

    night(SIX_YEARS_ON)

    assert (2026, "employment") in classes_with_keys(owner)


def test_nothing_goes_before_its_claim_is_sealed_nor_by_another_event(log, database_url, keyring, owner):
    log.stop()
    with Database(database_url, Login.KEEPER, keyring) as keeper:
        with keeper.transaction() as tx:
            unsealed = retention.claim_unlinking(tx, 2026, "employment", SIX_YEARS_ON)

        for claim in (unsealed, entries(owner)[0].id):
            with pytest.raises(StatementRefused), keeper.transaction() as tx:
                retention.unlink(tx, claim)

    assert left(owner, tables.decision) == PEOPLE


@pytest.fixture
def auditor(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


def row_of(page, name):
    return re.search(rf'<th scope="row">{name}.*?</tr>', page, re.DOTALL).group(0)


def test_each_class_tells_its_length_its_law_that_nobody_confirmed_it_and_when_it_ends(auditor, log):
    page = auditor.get("/audit/retention").text

    sote, employment = row_of(page, "Sosiaali- ja terveystiedot"), row_of(page, "Työllisyystiedot")
    assert all(each in sote for each in ("12 vuotta", "703/2023", "vahvistamatta", "vuosi 2026: 1.1.2039"))
    assert all(each in employment for each in ("5 vuotta", "906/2019", "vuosi 2026: 1.1.2032"))
    assert "Mitään ei ole vielä irrotettu" in page
    assert 'href="/audit/retention"' in auditor.get("/audit/integrity").text


def test_a_class_that_two_people_made_longer_from_a_day_on_shows_both(auditor, log, owner):
    row = {"class_": "employment", "years": 10, "law": "a test", "verified": True, "approved_by": ["one", "two"]}
    with owner.transaction() as tx:
        tx.execute(insert(tables.retention_class).values({**row, "valid_from": LONG_AFTER}))

    page = auditor.get("/audit/retention").text

    assert "10 vuotta" in page
    assert "1.1.2039 alkaen" in page or "2.1.2039 alkaen" in page


def test_what_went_is_told_with_the_signed_event_and_its_proof(auditor, night, log, owner):
    night(SIX_YEARS_ON)

    page = auditor.get("/audit/retention").text

    assert "Vuoden 2026 tapahtumat irrotettiin henkilöistä: Työllisyystiedot" in page
    assert "tehty" in page
    address = re.search(r'href="(/audit/retention/[0-9a-f-]{36}/proof)"', page).group(1)
    shown = Proof.parse(auditor.get(address).text)
    assert list(verify_proof(shown, Signers(all_keys(owner)))) == []


def all_keys(owner):
    with owner.read() as read:
        return [VerifierKey.parse(row.vkey) for row in read.execute(tables.signer.select())]


def test_events_that_were_pruned_are_named_by_their_numbers(auditor, night, log):
    night(LONG_AFTER)

    page = auditor.get("/audit/retention").text

    assert re.search(r"Lokin 2026 tapahtumat 0–\d+ poistettiin", page)


def test_of_any_other_event_there_is_no_proof_here(auditor, log, owner):
    with owner.read() as read:
        event = read.execute(tables.event.select().limit(1)).first().id

    assert auditor.get(f"/audit/retention/{event}/proof").status_code == 404
    assert auditor.get("/audit/retention/x/proof").status_code == 404
