"""The swift pass over a real log: whatever the walk names, it refuses; what is good it passes, in one part or in several."""

import pytest

from audit.events import EventType
from audit.log import record_all
from audit.verify import sharing, trusting
from audit.verify.swift import good_checkpoints
from tests.logs import PERSON, a_disclosure, a_log, an_event
from tests.tampering import tamper

SIZE = 21


@pytest.fixture
def log(database_url, keyring, web_login):
    """A log of 21 events under three checkpoints, not running any more."""
    with a_log(database_url, keyring) as made:
        with web_login.transaction() as tx:
            record_all(
                tx, [an_event(type=EventType.LOG_READ, person_id=PERSON if n % 2 else None) for n in range(SIZE - 2)]
            )
        made.start()
        with made.sealer() as sealer:
            sealer.seal(a_disclosure())
        made.stop()
        yield made


@pytest.fixture
def passes(log, verifier_login, keyring):
    def passed():
        with verifier_login.read(snapshot=True) as read:
            year = read.connection.exec_driver_sql("SELECT max(log) FROM audit.checkpoint").scalar_one()
            good = good_checkpoints(verifier_login, read, year, trusting(keyring, None).keys(year))
        return good and good[-1].size

    return passed


def test_a_good_log_passes_to_its_last_event(passes):
    assert passes() == SIZE


def test_a_good_log_passes_in_two_processes_that_see_one_moment(passes, monkeypatch):
    monkeypatch.setattr(sharing, "A_SHARE", SIZE // 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)

    assert passes() == SIZE


def test_what_is_wrong_at_the_seam_of_two_parts_is_refused(passes, database_url, monkeypatch):
    monkeypatch.setattr(sharing, "A_SHARE", SIZE // 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    tamper(database_url, "UPDATE audit.node SET hash = sha256('x') WHERE level = 3 AND n = 0")

    assert passes() is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit.event SET entry = entry || ' ' WHERE index = 20",
        "UPDATE audit.event SET entry = '\\x7b' WHERE index = 3",
        """UPDATE audit.event SET entry = convert_to(replace(convert_from(entry, 'UTF8'), 'Z"', '"'), 'UTF8') WHERE index = 3""",
        "DELETE FROM audit.event WHERE index = 20",
        "UPDATE audit.event SET t = t - interval '1 microsecond' WHERE index = 4",
        "UPDATE audit.event SET reasons = reasons[1:1] WHERE reasons IS NOT NULL",
        "UPDATE audit.event SET categories = categories[1:1] WHERE categories IS NOT NULL",
        "INSERT INTO audit.node SELECT log, 9, 0, hash FROM audit.node WHERE level = 0 AND n = 0",
        "UPDATE audit.person_head SET n = n + 1",
        "DELETE FROM audit.person_head",
        "UPDATE audit.checkpoint SET size = size + 1 WHERE size = 21",
        "UPDATE audit.checkpoint SET note = replace(note, 'luukku', 'other')",
        "UPDATE audit.checkpoint SET signed_at = signed_at - interval '1 day' WHERE size = 21",
    ],
)
def test_what_does_not_fit_does_not_pass(passes, database_url, statement):
    tamper(database_url, statement)

    assert passes() is None
