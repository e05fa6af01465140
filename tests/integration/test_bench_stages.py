"""The stages that the bench measures, in process on a few people: what it loads is what it copies and what dlt would be fed."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import psycopg
import pytest

from bench import limit, ours, registers, replay
from bench.corpus import FIRST, Corpus, asked_at, fill
from bench.ground import Home, dsn_of
from bench.staged import BESIDE, STAGED
from db.keys import new_keyring
from schemas.vocabulary import Source

PEOPLE = 12


@pytest.fixture(scope="module")
def answers():
    """What the sources say, in the clear as they say it: gone when these tests are, for no file of ours may hold it."""
    with TemporaryDirectory(prefix="luukku-answers-") as keep:
        fill(keep=keep, people=PEOPLE, seed=1)()
        yield Corpus.of(Path(keep), people=PEOPLE, seed=1)


@pytest.fixture
def home(tmp_path, database_url):
    new_keyring(tmp_path / "keys" / "keyring.json", development=True)
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder, database_url)


def loaded(home, answers):
    """Load every source as a round does; gives what each merge counted."""
    at, keep, counts = asked_at(FIRST).isoformat(), str(answers.folder), {}
    registers.furnished(values=home.values, keep=keep, at=at)()
    for source in Source:
        if source is Source.SOTE:
            registers.allowed_of_sote(values=home.values, keep=keep)()
        of = {"values": home.values, "source": source.value, "at": at}
        run = replay.landed(**of, keep=keep, day=FIRST)()
        checked = [ours.checked(**of, group=group)() for group in run["groups"]]
        counts[source] = ours.merged(**of, planned=run["planned"], checked=checked)()["counts"]
    return counts


def rows_of(url, table):
    with psycopg.connect(dsn_of(url)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_what_is_landed_again_is_loaded_kept_and_copied_whole(home, answers, tmp_path):
    counts = loaded(home, answers)
    kept = limit.dumped(url=home.database_url, rows=str(tmp_path / "rows"))()["rows"]
    with psycopg.connect(dsn_of(home.database_url)) as connection:
        connection.execute(f"TRUNCATE {', '.join(STAGED)}")

    copied = limit.copied(url=home.database_url, rows=str(tmp_path / "rows"), tables=STAGED)()["rows"]

    assert all(each["accepted"] > 0 == each["quarantined"] == each["held"] for each in counts.values())
    assert copied == sum(kept[table] for table in STAGED)
    assert {table: rows_of(home.database_url, table) for table in kept} == kept
    assert all(kept[table] for table in BESIDE)
    jobseekers = pl.read_parquet(tmp_path / "rows" / "staging.tyonhakija.parquet")
    assert jobseekers.height == kept["staging.tyonhakija"]
    assert jobseekers.schema["turvakielto"] == pl.Boolean
    assert jobseekers.schema["syntyma_pvm"] == pl.Date


@pytest.mark.parametrize("source", Source)
def test_the_limit_parses_every_byte_that_was_kept(answers, source):
    pages = [page for place in answers.places(source) for page in answers.pages(FIRST, source, place)]

    found = limit.parsed(keep=str(answers.folder), day=FIRST, source=source.value)()

    assert found["bytes"] == sum(len(page.body) for page in pages) > 0
