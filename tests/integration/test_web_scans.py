"""Scans at the desk: what is taken with a paper, what is refused in a sentence, who may look, and what of it fills the memory."""

import json
import re
import tracemalloc
from concurrent.futures import ThreadPoolExecutor, wait

import anyio
import pytest
from sqlalchemy import select

from connectors.store import open_store
from consent.model import RepresentationKind
from consent.registry import By, check, represent
from consent.tables import act, evidence
from db.clock import now
from db.ids import uuid7
from publish import scans
from publish.importing import COLUMNS
from publish.scans import Scan
from tests.integration.test_web_steward import NEED, PAPER, opened, recorded, rows, types
from tests.logs import entries
from tests.pages import SAME_ORIGIN, a_browser
from tests.published import HETU, STEWARD

PNG, JPEG = b"\x89PNG\r\n\x1a\n a paper", b"\xff\xd8\xff a paper"
NOT_A_SCAN = {
    "fi": "Skannattu paperi: tiedoston on oltava PDF, PNG tai JPEG",
    "sv": "Det skannade pappret: filen ska vara PDF, PNG eller JPEG",
    "en": "The scanned paper: the file has to be a PDF, PNG or JPEG",
}
TOO_MUCH = 100 * 1024 * 1024
MEMORY_MOST = 40 * 1024 * 1024
"""A scan of the largest size is held twice: as it came, and as it is encrypted."""


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path / "store"))


@pytest.fixture
def browser(world, web_login, keyring, store):
    with a_browser(web_login, keyring, store=store) as browser:
        yield browser


@pytest.fixture
def steward(browser, world):
    browser.sign_in("steward-1")
    browser.world = world
    return browser


def check_page(browser, world, *, answer="all", channel="paper", signed_on="2026-06-01", **fields):
    """The address of the last step of a record."""
    base = f"{opened(browser)}/record/{world.agreement_id}"
    text = browser.get(base).text
    sha256 = text.partition('name="sha256" value="')[2][:64]
    how = browser.post(base, {"answer": answer, "language": "fi", "sha256": sha256}).headers["location"]
    signed = {"signed_on": signed_on} if channel == "paper" else {}
    return browser.post(how, {"channel": channel, **signed, **fields}).headers["location"]


def streamed(site, path, headers, head, size):
    """Post a body in pieces, as a server hands it on, so that only what the site keeps of it fills the memory."""
    told = headers | {
        "Host": "luukku.example",
        "Cookie": "; ".join(f"{each.name}={each.value}" for each in site.cookies.jar),
    }
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": [(name.lower().encode(), value.encode()) for name, value in told.items()]}
    scope |= {"scheme": "https", "server": ("luukku.example", 443), "http_version": "1.1", "root_path": ""}
    left, sent = [size], []

    async def receive():
        part = head if left[0] == size else b"x" * 65536
        left[0] -= 65536
        return {"type": "http.request", "body": part, "more_body": left[0] > 0}

    async def send(message):
        sent.append(message)

    anyio.run(site.app, scope, receive, send)
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:]).decode()


def files(tmp_path):
    return [path for path in (tmp_path / "store").rglob("*") if path.is_file()]


def scan_of(owner, address, browser):
    """The address of the one scan."""
    (row,) = rows(owner, evidence)
    return f"{opened(browser)}/acts/{row.act_id}/scans/{row.evidence_id}"


@pytest.mark.parametrize(("body", "media_type"), [(PAPER, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
def test_a_paper_is_kept_with_its_record_and_comes_back_as_it_was(steward, owner, tmp_path, body, media_type):
    steward.world.person()

    done = steward.upload(check_page(steward, steward.world), "scan", body, called="hetu 120384-9128.exe")

    assert done.status_code == 303
    (row,) = rows(owner, evidence)
    assert (row.media_type, row.bytes, row.office) == (media_type, len(body), "0166906-4")
    page = steward.get(done.headers["location"]).text
    assert row.sha256.hex() in page
    shown = steward.get(scan_of(owner, page, steward))
    assert (shown.content, shown.headers["content-type"]) == (body, media_type)
    assert shown.headers["x-content-type-options"] == "nosniff"
    (file,) = files(tmp_path)
    assert b"paper" not in file.read_bytes()


def test_each_look_at_a_scan_is_told_to_the_log(world, steward, owner, log):
    person = world.person()
    recorded(steward, world, channel="paper", signed_on="2026-06-01")
    address = scan_of(owner, None, steward)

    steward.get(address)
    steward.get(address)

    assert types(owner, log).count("evidence.viewed") == 2
    told = [json.loads(row.entry) for row in entries(owner)]
    (row,) = rows(owner, evidence)
    assert {each["change"]["id"] for each in told if each["type"] == "evidence.viewed"} == {str(row.evidence_id)}
    assert str(person) not in str(told)


@pytest.mark.parametrize("account", ["steward-3", "auditor-1", "case-worker-1", "aino"])
def test_nobody_of_another_office_or_role_looks_at_a_scan(world, steward, owner, account):
    world.person()
    recorded(steward, world, channel="paper", signed_on="2026-06-01")
    address = scan_of(owner, None, steward)

    steward.sign_in(account)

    assert steward.get(address).status_code == 404


def test_the_second_steward_finds_the_paper_beside_the_record(world, steward, owner):
    world.person()
    recorded(steward, world, channel="paper", signed_on="2026-06-01")
    (row,) = rows(owner, evidence)
    steward.sign_in("steward-2")

    page = steward.get(f"/confirm/{row.act_id}").text

    address = re.search(r'href="([^"]+/scans/[^"]+)"', page)[1]
    assert steward.get(address).content == PAPER


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("body", [b"GIF89a", b"<html>", b"PK\x03\x04", PAPER + b"x" * scans.MOST_BYTES])
def test_a_scan_of_a_wrong_type_or_size_is_named_and_nothing_is_recorded(steward, owner, tmp_path, language, body):
    steward.world.person()
    check = check_page(steward, steward.world)
    steward.get(f"/language/{language}?back=/")

    answer = steward.upload(check, "scan", body)

    assert answer.status_code == 422
    assert NOT_A_SCAN[language] in answer.text
    assert 'href="#scan"' in answer.text
    assert rows(owner, act) == rows(owner, evidence) == files(tmp_path) == []


def test_a_yes_on_paper_needs_its_paper_and_a_no_waits_for_no_scanner(world, steward, owner):
    world.person()

    answer = steward.upload(check_page(steward, world), "scan", b"", called="")

    assert answer.status_code == 422
    assert "Skannattu paperi: valitse tiedosto" in answer.text
    assert rows(owner, act) == []
    assert steward.upload(check_page(steward, world, answer="no"), "scan", b"", called="").status_code == 303


def test_the_same_form_sent_twice_keeps_one_scan(world, steward, owner, tmp_path):
    world.person()
    check = check_page(steward, world)

    first, second = steward.upload(check, "scan", PAPER), steward.upload(check, "scan", PAPER)

    assert first.headers["location"] == second.headers["location"]
    assert len(rows(owner, act)) == len(rows(owner, evidence)) == len(files(tmp_path)) == 1


def test_a_record_that_is_refused_leaves_no_file_behind(world, steward, owner, tmp_path, monkeypatch):
    world.person()
    check = check_page(steward, world)
    monkeypatch.setattr(scans.evidence, "append", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        steward.upload(check, "scan", PAPER)

    assert rows(owner, act) == rows(owner, evidence) == files(tmp_path) == []


def test_a_hundred_megabytes_are_answered_in_a_sentence_and_fill_no_memory(world, steward, owner):
    world.person()
    check = check_page(steward, world)
    edge = "an-edge"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="scan"; filename="x.pdf"\r\n\r\n%PDF-'.encode()
    headers = SAME_ORIGIN | {"Content-Type": f"multipart/form-data; boundary={edge}"}

    tracemalloc.start()
    status, text = streamed(steward.site, check, headers, head, TOO_MUCH)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert status == 422
    assert NOT_A_SCAN["fi"] in text
    assert peak < MEMORY_MOST
    assert rows(owner, act) == []


def test_a_form_with_a_file_from_elsewhere_is_refused_whatever_its_size(world, steward, owner):
    world.person()
    check = check_page(steward, world)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}

    for body in (PAPER, b"x" * (scans.MOST_BYTES + 1_000_000)):
        assert steward.upload(check, "scan", body, headers=elsewhere).status_code == 403
    assert steward.upload(check, "scan", PAPER, {"form": "0" * 64}).status_code == 403
    assert rows(owner, act) == []


def test_a_file_is_not_read_of_who_is_not_signed_in(world, steward):
    world.person()
    check = check_page(steward, world)
    steward.site.cookies.clear()

    answer = steward.upload(check, "scan", PAPER)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?back={check}")


@pytest.mark.parametrize(
    ("until", "said"), [("1.5.2026", 422), ("31.2.2026", 422), ("1.6.2028", 422), ("31.12.2026", 303)]
)
def test_a_last_day_before_the_answer_or_too_late_is_named(world, steward, owner, until, said):
    world.person()
    base = f"{opened(steward)}/record/{world.agreement_id}"
    sha256 = steward.get(base).text.partition('name="sha256" value="')[2][:64]
    how = steward.post(base, {"answer": "all", "language": "fi", "sha256": sha256}).headers["location"]

    answer = steward.post(how, {"channel": "paper", "signed_on": "1.6.2026", "until": until})

    assert answer.status_code == said
    if said == 422:
        assert 'href="#until">Voimassa asti: ' in answer.text
        assert f'value="{until}"' in answer.text
    assert rows(owner, act) == []


def test_a_day_of_signing_sent_with_another_channel_is_no_answer_at_the_desk(world, steward, owner):
    world.person()
    base = f"{opened(steward)}/record/{world.agreement_id}"
    sha256 = steward.get(base).text.partition('name="sha256" value="')[2][:64]
    how = steward.post(base, {"answer": "all", "language": "fi", "sha256": sha256}).headers["location"]

    answer = steward.post(how, {"channel": "counter", "signed_on": "1.6.2026"})

    assert answer.status_code == 422
    assert 'href="#signed_on">Allekirjoituspäivä: paperin päivä on kirjoitettu' in answer.text


def test_a_last_day_on_the_paper_ends_the_consent_with_that_day(world, steward, owner):
    world.person()

    done = steward.upload(check_page(steward, world, until="31.12.2026"), "scan", PAPER)

    assert done.status_code == 303
    with owner.read() as read:
        from consent.tables import act_item

        ends = set(read.execute(select(act_item.c.valid_until)).scalars())
    assert "31.12.2026 saakka" in steward.get(done.headers["location"]).text
    assert {end.isoformat() for end in ends} == {"2026-12-31T22:00:00+00:00"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Vastaaja: Tekijällä ei ole oikeutta antaa tätä suostumusta."),
        ("sv", "Den som svarar: Personen har inte rätt att ge detta samtycke."),
        ("en", "Who answers: The one who acts may not give this consent."),
    ],
)
def test_a_representative_without_a_right_is_refused_by_name_of_the_field(world, steward, owner, language, said):
    person = world.person()
    with owner.transaction() as tx:
        told = {"kind": RepresentationKind.MANDATE, "allowed": True, "by": STEWARD, "at": now()}
        voice = represent(tx, person_id=person, representative=uuid7(now()), **told)
    page = check_page(steward, world, answer="part", categories=NEED, channel="counter", who=str(voice))
    with owner.transaction() as tx:
        check(tx, representation_id=voice, allowed=False, by=STEWARD, at=now())
    steward.get(f"/language/{language}?back=/")

    answer = steward.post(page)

    assert answer.status_code == 422
    assert said in answer.text
    assert rows(owner, act) == []


def imported(steward, world, answer="given"):
    """A paper that came in a file, without its scan; the address at which one is added."""
    world.person()
    line = f"a1;{HETU};{world.agreement_id};{answer};{NEED};2026-02-01;fi;"
    steward.upload("/imports", "file", f"{';'.join(COLUMNS)}\n{line}".encode(), called="x.csv")
    return re.search(r'href="(/people/[^"]+/scan)"', steward.get(opened(steward)).text)[1]


def test_a_paper_from_a_file_gets_its_scan_later_from_the_clients_page_and_the_log_tells_it(
    world, steward, owner, log, tmp_path
):
    address = imported(steward, world)
    assert "Vertaa paperia kirjaukseen" in steward.get(address).text

    done = steward.upload(address, "scan", PAPER, called=f"{HETU}.pdf")

    assert done.headers["location"] == address.removesuffix("/scan")
    (row,) = rows(owner, evidence)
    assert (row.act_id, row.office, row.media_type) == (rows(owner, act)[0].act_id, "0166906-4", "application/pdf")
    assert row.sha256.hex() in steward.get(done.headers["location"]).text
    assert steward.get(scan_of(owner, None, steward)).content == PAPER
    (file,) = files(tmp_path)
    assert b"paper" not in file.read_bytes()
    assert types(owner, log).count("evidence.added") == 1
    (told,) = [each for each in (json.loads(row.entry) for row in entries(owner)) if each["type"] == "evidence.added"]
    assert told["change"] == {"table": "consent.evidence", "id": str(row.evidence_id), "digest": row.sha256.hex()}
    assert told["person"]


def test_a_scan_that_is_there_is_never_replaced(world, steward, owner, tmp_path):
    address = imported(steward, world)
    steward.upload(address, "scan", PAPER)

    again, other = steward.upload(address, "scan", PAPER), steward.upload(address, "scan", PNG)

    assert again.status_code == 303
    assert other.status_code == 422
    assert "kirjauksella on jo paperi" in other.text
    assert len(rows(owner, evidence)) == len(files(tmp_path)) == 1
    assert steward.get(address).headers["location"] == address.removesuffix("/scan")
    assert "/scan" not in re.findall(r'href="[^"]*(/scan)"', steward.get(opened(steward)).text)


def test_two_scans_sent_at_the_same_moment_are_one(steward, owner, web_login, store):
    address = imported(steward, steward.world)
    (row,) = rows(owner, act)
    by = By(user="idp-steward-2", role="steward", office="0166906-4")

    with ThreadPoolExecutor() as pool, web_login.transaction() as tx:
        scans.add(tx, store, Scan(body=PNG, media_type="image/png"), act_id=row.act_id, by=by, at=now())
        second = pool.submit(steward.upload, address, "scan", PAPER)
        assert not wait([second], timeout=1).done
    assert second.result().status_code == 422
    assert [row.media_type for row in rows(owner, evidence)] == ["image/png"]


@pytest.mark.parametrize("account", ["steward-3", "auditor-1", "aino"])
def test_nobody_of_another_office_or_role_adds_a_scan(world, steward, owner, account):
    address = imported(steward, world)
    steward.sign_in(account)

    assert steward.get(address).status_code == 404
    assert steward.upload(address, "scan", PAPER).status_code == 404
    assert rows(owner, evidence) == []


def test_no_scan_is_added_to_what_is_no_paper_or_was_an_error(world, steward, owner):
    address = imported(steward, world)
    steward.post(address.removesuffix("scan") + "invalidate", {"cause": "wrong_text"})
    recorded(steward, world)
    desk = address.replace(str(rows(owner, act)[0].act_id), str(rows(owner, act)[1].act_id))

    for each in (
        address,
        desk,
        address.replace(address[-41:-5], str(uuid7(now()))),
        address.replace(address[-41:-5], "x"),
    ):
        assert (steward.get(each).status_code, steward.upload(each, "scan", PAPER).status_code) == (404, 404), each
    assert rows(owner, evidence) == []


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("body", [b"", b"GIF89a", PAPER + b"x" * scans.MOST_BYTES, b"x" * (scans.MOST_BYTES + 2**17)])
def test_a_wrong_scan_added_later_is_named_and_nothing_is_added(steward, owner, tmp_path, language, body):
    address = imported(steward, steward.world)
    steward.get(f"/language/{language}?back=/")

    answer = steward.upload(address, "scan", body)

    said = {"fi": "Skannattu paperi: ", "sv": "Det skannade pappret: ", "en": "The scanned paper: "}[language]
    assert answer.status_code == 422
    assert f'href="#scan">{said}' in answer.text
    assert rows(owner, evidence) == files(tmp_path) == []


def test_a_scan_added_later_from_elsewhere_or_without_its_token_is_refused(world, steward, owner):
    address = imported(steward, world)

    assert steward.upload(address, "scan", PAPER, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert steward.upload(address, "scan", PAPER, {"form": "0" * 64}).status_code == 403
    assert rows(owner, evidence) == []


def test_a_scan_whose_transaction_fails_leaves_no_file(world, steward, owner, tmp_path, monkeypatch):
    address = imported(steward, world)
    monkeypatch.setattr(scans, "record", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        steward.upload(address, "scan", PAPER)

    assert rows(owner, evidence) == files(tmp_path) == []
