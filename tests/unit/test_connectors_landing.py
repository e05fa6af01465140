"""Landing: what was pulled lies compressed, encrypted and hashed, opens to the same bytes, and half a landing is none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from connectors.errors import (
    CursorExpired,
    LandedAltered,
    PageRefused,
    SourceClosed,
    SourceDown,
    StampTooOld,
    Transient,
)
from connectors.frames import unpack
from connectors.landing import Landing, Plan, new_key, open_parts, read_manifest, sweep, unwrap
from connectors.landing.parts import PartWriter
from connectors.source import Page, Window, XRoadIds
from connectors.store import UNFINISHED, FolderStore, open_store
from connectors.unfinished import beside
from db.errors import DecryptionFailed
from db.keys import Keyring
from schemas.vocabulary import Source

NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)
SINCE = datetime(2026, 6, 3, 2, tzinfo=UTC)
KEYRING = Keyring.for_tests()
SECRET = b'{"henkilotunnus":"120384-9128"}'


def a_page(number=0, *, body=SECRET, stamp=NOON):
    ids = XRoadIds(id=f"id-{number}", service="s", request_hash="h")
    return Page(kind="tyonhakijat", body=body, stamp=stamp, xroad=ids, records=1)


class Given:
    """A source that gives, attempt after attempt, what it was given: pages, and errors where they stand."""

    interface = "asiakastiedot/v1"

    def __init__(self, *attempts):
        self.attempts = list(attempts)
        self.windows = []

    def pull(self, window):
        self.windows.append(window)
        for page in self.attempts.pop(0):
            if isinstance(page, Exception):
                raise page
            yield page


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "store")


@pytest.fixture
def plan():
    return Plan(
        batch="b1",
        source=Source.TE,
        place="36",
        shard="36",
        window=Window(since=SINCE),
        parser="te-1",
        code="0.1.0",
        key_id="store-test",
    )


@pytest.fixture
def keyed():
    return new_key(KEYRING, "b1")


@pytest.fixture
def landing(store, keyed):
    ids = count(1)
    return Landing(store=store, key=keyed[0], now=lambda: NOON, new_id=lambda: f"attempt-{next(ids)}")


def files(store):
    root = store._root
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def bodies(store, manifest, key):
    return [frame.body for part in open_parts(store, manifest, key) for frame in unpack(part)]


def test_what_is_landed_opens_to_the_bytes_that_came(store, plan, landing, keyed):
    pages = [a_page(number, body=b"page %d" % number) for number in range(5)]

    manifest, _ = landing.land(Given(pages), plan)

    assert bodies(store, manifest, keyed[0]) == [page.body for page in pages]
    assert manifest.records == 5
    assert [call.id for call in manifest.calls] == [f"id-{number}" for number in range(5)]


def test_the_files_lie_by_source_shard_window_and_attempt(store, plan, landing):
    landing.land(Given([a_page()]), plan)

    home = "landing/te/36/20260603T020000.000000Z/attempt-1"
    assert files(store) == [f"{home}/manifest.json", f"{home}/part-0000"]


def test_a_full_window_has_a_folder_of_its_own(store, plan, landing):
    manifest, _ = landing.land(Given([a_page()]), replace(plan, window=Window()))

    assert manifest.folder == "landing/te/36/full/attempt-1"
    assert manifest.full


def test_nothing_personal_lies_in_the_open(store, plan, landing):
    manifest, _ = landing.land(Given([a_page()]), plan)

    stored = [store.get(path) for path in files(store)]
    assert not any(b"120384" in body or b"henkilotunnus" in body for body in stored)
    assert "120384" not in str(manifest)


def test_a_manifest_is_read_back_as_it_was(store, plan, landing):
    manifest, digest = landing.land(Given([a_page()]), plan)

    assert read_manifest(store, manifest.path, sha256_hex=digest) == manifest


def test_an_empty_answer_is_a_landing_too(store, plan, landing, keyed):
    manifest, _ = landing.land(Given([a_page(body=b"")]), plan)

    assert (manifest.parts, manifest.records, len(manifest.calls)) == ((), 0, 1)
    assert bodies(store, manifest, keyed[0]) == []


def test_the_oldest_stamp_ends_the_window(plan, landing):
    earlier = NOON - timedelta(hours=10)

    manifest, _ = landing.land(Given([a_page(), a_page(stamp=earlier), a_page()]), plan)

    assert manifest.until == earlier


def test_parts_hold_16_mib_of_whole_pages(store, keyed):
    writer = PartWriter(store=store, folder="f", key=keyed[0])
    for _ in range(5):
        writer.add(b"x" * 7_000_000, 10)
    writer.flush()

    assert [(part.name, part.raw_bytes, part.records) for part in writer.parts] == [
        ("part-0000", 14_000_000, 20),
        ("part-0001", 14_000_000, 20),
        ("part-0002", 7_000_000, 10),
    ]


@pytest.mark.parametrize("error", [SourceDown("x"), PageRefused("x"), SourceClosed("x"), KeyboardInterrupt()])
def test_a_pull_that_breaks_off_leaves_nothing(store, plan, landing, error):
    class Breaking(Given):
        def pull(self, window):
            yield a_page()
            raise error

    with pytest.raises(type(error)):
        landing.land(Breaking(), plan)

    assert files(store) == []


def test_a_passing_fault_at_the_very_end_of_a_stream_is_a_source_that_is_down(plan, landing):
    with pytest.raises(SourceDown):
        landing.land(Given([a_page(), Transient("The connection to the source broke.")]), plan)


def test_a_window_too_old_for_the_source_is_pulled_in_full(plan, landing):
    source = Given([StampTooOld("410")], [a_page()])

    manifest, _ = landing.land(source, plan)

    assert source.windows == [Window(since=SINCE), Window()]
    assert manifest.since is None


def test_a_full_window_that_is_too_old_is_an_error(plan, landing):
    with pytest.raises(StampTooOld):
        landing.land(Given([StampTooOld("410")]), replace(plan, window=Window()))


def test_a_list_that_the_source_forgot_is_begun_again_and_nothing_doubles(store, plan, landing, keyed):
    source = Given([a_page(0), CursorExpired("400")], [a_page(0, body=b"first"), a_page(1, body=b"second")])

    manifest, _ = landing.land(source, plan)

    assert bodies(store, manifest, keyed[0]) == [b"first", b"second"]
    assert {path.split("/")[4] for path in files(store)} == {"attempt-2"}


def test_a_source_that_forgets_every_time_is_given_up(plan, landing):
    with pytest.raises(CursorExpired):
        landing.land(Given(*[[CursorExpired("400")]] * 3), plan)


def test_the_breaker_is_looked_at_before_each_page(store, plan, landing):
    looks = []

    def look():
        looks.append(1)
        if len(looks) == 3:
            raise SourceClosed("closed")

    with pytest.raises(SourceClosed):
        replace(landing, look=look).land(Given([a_page()] * 5), plan)
    assert files(store) == []


def altered(store, path, change):
    store.put(path, change(store.get(path)))


@pytest.mark.parametrize(
    "change", [lambda body: body[:-1], lambda body: body + b"x", lambda body: bytes([body[0] ^ 1]) + body[1:]]
)
def test_a_part_that_was_altered_is_noticed(store, plan, landing, keyed, change):
    manifest, _ = landing.land(Given([a_page()]), plan)
    altered(store, f"{manifest.folder}/part-0000", change)

    with pytest.raises(LandedAltered):
        list(open_parts(store, manifest, keyed[0]))


def test_a_part_that_is_missing_is_noticed(store, plan, landing, keyed):
    manifest, _ = landing.land(Given([a_page()]), plan)
    store.remove(f"{manifest.folder}/part-0000")

    with pytest.raises(LandedAltered, match="missing"):
        list(open_parts(store, manifest, keyed[0]))


def test_a_part_does_not_open_in_another_place(store, plan, landing, keyed):
    manifest, _ = landing.land(Given([a_page()]), plan)
    store.put("elsewhere/part-0000", store.get(f"{manifest.folder}/part-0000"))

    with pytest.raises(LandedAltered, match="does not open"):
        list(open_parts(store, replace(manifest, folder="elsewhere"), keyed[0]))


def test_a_manifest_that_was_altered_is_noticed(store, plan, landing):
    manifest, digest = landing.land(Given([a_page()]), plan)
    altered(store, manifest.path, lambda body: body.replace(b'"records": 1', b'"records": 2'))

    with pytest.raises(LandedAltered):
        read_manifest(store, manifest.path, sha256_hex=digest)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"batch":', b"\xff"])
def test_what_is_no_manifest_is_not_read_as_one(store, body):
    store.put("f/manifest.json", body)

    with pytest.raises(LandedAltered):
        read_manifest(store, "f/manifest.json")


def test_a_manifest_that_is_missing_is_noticed(store):
    with pytest.raises(LandedAltered, match="missing"):
        read_manifest(store, "f/manifest.json")


def test_the_key_of_a_batch_opens_from_its_row_and_for_no_other_batch(store, plan, landing, keyed):
    manifest, _ = landing.land(Given([a_page()]), plan)
    _, wrapped = keyed

    assert bodies(store, manifest, unwrap(KEYRING, wrapped, batch="b1")) == [SECRET]
    with pytest.raises(DecryptionFailed):
        unwrap(KEYRING, wrapped, batch="b2")


def test_no_two_batches_have_the_same_key(store, plan, landing):
    manifest, _ = landing.land(Given([a_page()]), plan)

    with pytest.raises(LandedAltered):
        list(open_parts(store, manifest, new_key(KEYRING, "b1")[0]))


def test_attempts_that_came_to_nothing_are_swept_and_those_that_the_books_name_stay(store, plan, landing):
    at_rest, present = UUID(int=1), UUID(int=2)
    store.put(f"{plan.home}/cut-off/part-0000", b"x")
    store.put(f"{plan.home}/spoilt/manifest.json", b"{")
    earlier, _ = landing.land(Given([a_page()]), replace(plan, batch=str(at_rest)))
    landing.land(Given([a_page()]), replace(plan, batch=str(present)))
    manifest, _ = landing.land(Given([a_page()]), replace(plan, batch=str(present)))

    swept = sweep(store, plan.home, keep=manifest.folder, at_rest=lambda _: {at_rest})

    assert swept == 3
    assert set(store.folders(plan.home)) == {earlier.attempt, manifest.attempt}


@pytest.fixture(params=["folder", "memory"])
def any_store(request, tmp_path):
    return open_store(str(tmp_path / "store") if request.param == "folder" else f"memory://{tmp_path.name}")


def test_a_store_gives_back_what_was_put(any_store):
    any_store.put("a/b/one", b"1")
    any_store.put("a/b/one", b"2")
    any_store.put("a/c/two", b"")

    assert any_store.get("a/b/one") == b"2"
    assert list(any_store.folders("a")) == ["b", "c"]
    assert (any_store.has("a/b/one"), any_store.has("a/b"), any_store.has("a/b/none")) == (True, False, False)


def test_a_store_forgets_what_is_removed(any_store):
    any_store.put("a/b/one", b"1")
    any_store.remove("a/b/one")
    any_store.remove("a/b/one")
    any_store.put("a/c/two", b"2")
    any_store.remove("a/c")

    assert not any_store.has("a/b/one")
    assert not any_store.has("a/c/two")
    assert list(any_store.folders("nowhere")) == []
    with pytest.raises(FileNotFoundError):
        any_store.get("a/b/one")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x"])
def test_no_path_leads_out_of_a_store(any_store, path):
    with pytest.raises(ValueError, match="downwards"):
        any_store.put(path, b"x")


def test_only_its_owner_can_look_into_a_folder(tmp_path):
    store = FolderStore(tmp_path / "store")
    store.put("a/one", b"1")

    assert (tmp_path / "store").stat().st_mode & 0o077 == 0


def test_a_put_that_fails_leaves_the_old_file_and_nothing_beside(tmp_path, monkeypatch):
    store = FolderStore(tmp_path)
    store.put("one", b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        store.put("one", b"new")

    assert files(store) == ["one"]
    assert store.get("one") == b"old"


def test_what_a_killed_writer_left_goes_with_the_next_put_and_what_another_writes_stays(tmp_path):
    store = FolderStore(tmp_path)
    with beside(tmp_path / UNFINISHED) as held:
        (tmp_path / UNFINISHED / "left-by-a-kill").write_bytes(b"half")

        store.put("one", b"1")

        assert files(store) == [f"{UNFINISHED}/{Path(held.name).name}", "one"]
    assert files(store) == ["one"]
