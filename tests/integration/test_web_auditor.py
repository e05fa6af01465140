"""The auditor's pages over the real log: who looked and why, the decision made again, proofs that verify, and each look told to the log."""

import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from zipfile import ZipFile

import pytest
from sqlalchemy import text, update

from audit.checkpoint import HOST, VerifierKey
from audit.events import ChangeRef, EventType, Result, RunRef
from audit.indexing import write_roots
from audit.log import record
from audit.manifest import exporter
from audit.proof import Proof
from audit.queries import sequence
from audit.tables_of_events import harmless
from audit.verify.pieces import Signers, verify_note, verify_proof
from consent.model import StatuteKind
from db.clock import now
from db.keys import Use
from publish import changes_of_will
from tests.calls import NEED, PLAN, a_system, resolve, the_app, view
from tests.logs import an_event, entries
from tests.pages import a_browser, today
from tests.privacy.searched import FREE_TEXT
from tests.published import COUNTY, HETU, KELA, SAVONLINNA, a_hetu
from tests.tampering import tamper
from web.auditor import exporting

CASE = {"why": "complaint", "case": "TARK-2026-14"}
STRANGER = a_hetu("010190", "903")


@pytest.fixture
def auditor(world, web_login, keyring):
    with a_browser(web_login, keyring) as browser:
        browser.sign_in("auditor-1")
        yield browser


@pytest.fixture
def neighbour(world, log, web_login, keyring):
    """A municipality's system, at which the neighbour works."""
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        yield a_system(world, http, user="w-17")


@pytest.fixture
def looked(world, neighbour, log, owner):
    """A person whose need for services the neighbour saw by consent, and whose work ability was kept from them."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    assert view(neighbour, world.ref(person)).status_code == 200
    log.settle(owner)
    return person


def found(auditor, hetu=HETU):
    return auditor.post("/audit", {"hetu": hetu, **CASE}).headers["location"]


def first_event(auditor, address):
    return re.search(rf'href="({address}/[0-9a-f-]{{36}})">Tietoja katsottiin', auditor.get(address).text).group(1)


def last_of(owner, log, type_):
    log.settle(owner)
    return [json.loads(row.entry) for row in entries(owner) if row.type == type_][-1]


def test_who_looked_is_told_with_purpose_ground_and_what_was_withheld(auditor, looked):
    page = auditor.get(found(auditor)).text

    assert "Savonlinna" in page
    assert "sln-asiakastyo" in page
    assert "Palvelutarve" in page
    assert "Suostumus on voimassa." in page
    assert "Ei annettu:" in page


def test_nobody_known_and_nobody_looked_at_read_alike(auditor, looked, world):
    world.person(hetu=STRANGER)

    unlooked, unknown = (auditor.get(found(auditor, hetu)).text for hetu in (STRANGER, a_hetu("020290", "904")))

    assert re.sub(r"[0-9a-f]{64}|: \d+\.", "", unlooked) == re.sub(r"[0-9a-f]{64}|: \d+\.", "", unknown)
    assert "Lokissa ei ole tapahtumia" in unlooked


def test_each_look_is_an_event_with_its_reason_before_anything_is_shown(auditor, looked, owner, log):
    auditor.get(found(auditor))

    told = last_of(owner, log, "log.read")

    assert told["actor"]["role"] == "auditor"
    assert told["request"]["route"] == "GET /audit/found/{draft}"
    assert told["request"]["case"]
    assert told["person"]
    assert HETU not in json.dumps(told)


@pytest.mark.parametrize("missing", ["why", "case", "hetu"])
def test_without_a_reason_or_a_whole_code_nothing_is_searched(auditor, looked, missing):
    answer = auditor.post("/audit", {"hetu": HETU, **CASE} | {missing: ""})

    assert answer.status_code == 422
    assert f'href="#{missing}"' in answer.text
    assert HETU not in answer.text


def test_a_decision_made_again_gives_the_same_from_what_was_known_then(auditor, looked):
    address = first_event(auditor, found(auditor))

    page = auditor.get(address).text

    assert "sama tulos" in page
    assert "Tietojen tiiviste on sama kuin päätöksessä." in page
    assert "The law says so." in page
    assert "Annan luvan." in page
    assert "vahvistamatta" in page


def as_of_today(auditor):
    """What the page of the neighbour's look says of today."""
    address = first_event(auditor, found(auditor))
    assert f'href="{address}/today">Päätä tämän päivän tiedoin' in auditor.get(address).text
    return re.sub("<[^>]+>", "", auditor.get(f"{address}/today").text)


def test_the_same_question_is_answered_as_of_today_and_the_look_is_told(auditor, looked, owner, log):
    said = as_of_today(auditor)

    assert "Palvelutarve: sama kuin silloin: Suostumus on voimassa." in said
    assert "Työllisyyssuunnitelma: sama kuin silloin: Laki antaa oikeuden tietoon. (tulkinta vahvistamatta)" in said
    assert last_of(owner, log, "log.read")["request"]["route"] == "GET /audit/found/{draft}/{event}/today"


def test_what_was_given_then_and_would_not_be_today_is_said(auditor, looked, world):
    world.withdraw(looked, "sote.palvelutarve", through=changes_of_will)

    said = as_of_today(auditor)

    assert "Palvelutarve: silloin: Suostumus on voimassa. nyt: Suostumus on peruutettu." in said
    assert "sama tulos" in said


def test_the_decisions_of_a_sample_are_made_again(auditor, looked, owner):
    address = f"{found(auditor)}/sample?seed=kevat-2026&amount=10"
    honest = auditor.get(address).text
    tamper(owner.url, """UPDATE audit.decision SET results = replace(results::text, '"consent"', '"statute"')::jsonb""")

    altered = auditor.get(address).text

    assert (honest.count("</span> sama</span>"), honest.count("</span> eri</span>")) == (1, 0)
    assert (altered.count("</span> sama</span>"), altered.count("</span> eri</span>")) == (0, 1)


def test_what_lies_encrypted_beside_an_event_is_shown_to_who_says_why_and_its_person_can_see_that(
    auditor, looked, owner, log
):
    address = first_event(auditor, found(auditor))
    assert f'href="{address}/reveal">Avaa salatut tiedot' in auditor.get(address).text
    assert "w-17" not in auditor.get(f"{address}/reveal").text

    revealed = auditor.post(f"{address}/reveal", {"cause": FREE_TEXT})

    assert ("w-17" in revealed.text, "SLN-1" in revealed.text) == (True, True)
    told = last_of(owner, log, "log.revealed")
    assert told["ref"] == address.rpartition("/")[2]
    assert {"case", "params"} <= told["request"].keys()
    assert told["person"]
    assert FREE_TEXT not in json.dumps(told)


@pytest.mark.parametrize("cause", ["", "x" * 501])
def test_nothing_is_revealed_without_a_cause(auditor, looked, cause):
    address = first_event(auditor, found(auditor))

    answer = auditor.post(f"{address}/reveal", {"cause": cause})

    assert (answer.status_code, "w-17" in answer.text) == (422, False)
    assert 'href="#cause"' in answer.text


def test_of_what_was_erased_it_is_said_that_nothing_is_left(auditor, looked, owner):
    address = first_event(auditor, found(auditor))
    tamper(owner.url, "DELETE FROM audit.detail_key")

    assert "poistettu säilytysajan päätyttyä" in auditor.post(f"{address}/reveal", {"cause": FREE_TEXT}).text


@pytest.fixture
def denied(world, looked, neighbour, log, owner):
    """They say no to all that the county holds, and the neighbour looks again."""
    world.deny(looked)
    view(neighbour, world.ref(looked))
    log.settle(owner)


@pytest.mark.usefixtures("denied")
def test_the_standing_no_that_decided_is_shown_as_it_was_said(auditor):
    page = auditor.get(first_event(auditor, found(auditor))).text

    assert re.search(r"<h3>Kielto, \d+\.\d+\.\d{4} klo", page)
    assert "Mitä: Hyvinvointialue. Keneltä: kaikilta." in page


@pytest.fixture
def in_need(world, neighbour, log, owner):
    """Somebody whose need for services was seen in an emergency, and by nothing else."""
    world.enact(kind=StatuteKind.EMERGENCY)
    person = world.person()
    world.sections(person, {"sote.palvelutarve": NEED})
    body = {"emergency": {"justification": f"Found unconscious. {FREE_TEXT}"}}
    assert view(neighbour, world.ref(person), method="POST", body=body).status_code == 200
    log.settle(owner)


@pytest.mark.usefixtures("in_need")
def test_an_emergency_is_decided_again_from_that_its_claim_counted(auditor, owner):
    address = first_event(auditor, found(auditor))
    assert "sama tulos" in auditor.get(address).text

    forge_results(owner)

    assert "eri tulos" in auditor.get(address).text


def test_a_later_withdrawal_does_not_change_what_was_decided_before(auditor, looked, world):
    world.withdraw(looked, "sote.palvelutarve", through=changes_of_will)

    page = auditor.get(first_event(auditor, found(auditor))).text

    assert "sama tulos" in page
    assert "eri tulos" not in page


def test_a_decision_that_the_rule_does_not_give_is_shown_with_the_difference(auditor, looked, owner):
    address = first_event(auditor, found(auditor))
    forge_results(owner)

    page = auditor.get(address).text

    assert "eri tulos" in page
    assert "Asiakas on kieltänyt luovutuksen." in page


def forge_results(owner):
    """Write another reason into the decision row, as only the server's superuser could."""
    from audit import tables

    with owner.transaction() as tx:
        tx.connection.exec_driver_sql("SET LOCAL ROLE audit_owner")
        tx.connection.exec_driver_sql("ALTER TABLE audit.decision DISABLE TRIGGER append_only")
        (results,) = tx.execute(tables.decision.select().with_only_columns(tables.decision.c.results)).scalars()
        changed = [
            {**each, "reason": "denied"} if each["category"] == "sote.palvelutarve" else each for each in results
        ]
        tx.execute(update(tables.decision).values(results=changed))


def test_the_proof_of_an_event_verifies_by_the_logs_key_alone(auditor, looked, owner):
    address = first_event(auditor, found(auditor))

    answer = auditor.get(f"{address}/proof")

    shown = Proof.parse(answer.text)
    assert re.fullmatch(r'attachment; filename="luukku-\d{4}-\d+.tlog-proof"', answer.headers["content-disposition"])
    assert list(verify_proof(shown, Signers(keys_of(owner)))) == []
    assert json.loads(shown.extra)["entry"]["type"] == "disclosure.read"


def keys_of(owner):
    with owner.read() as read:
        return [VerifierKey.parse(text) for text in sequence.signers(read, now().year)]


def test_whom_a_worker_looked_at_is_found_by_the_name_their_office_gives_them(auditor, looked):
    asked = {"org": SAVONLINNA, "user": "w-17", "since": str(today() - timedelta(days=6)), "until": str(today())} | CASE

    listed = auditor.get(auditor.post("/audit/doers", asked).headers["location"]).text
    other = auditor.get(auditor.post("/audit/doers", asked | {"user": "w-18"}).headers["location"]).text

    assert "Tietoja katsottiin</a>" in listed
    assert "Lokissa ei ole tapahtumia" in other


def test_an_organisation_is_listed_once_however_many_areas_it_serves_and_a_county_in_the_readers_language(
    auditor, owner
):
    serves_another = """
        INSERT INTO consent.recipient
        SELECT gen_random_uuid(), recipient, kind, '13', NULL, NULL, NULL, NULL, clock_timestamp() FROM consent.recipient WHERE area = '36'
    """
    with owner.transaction() as tx:
        tx.execute(text(serves_another))
    auditor.get("/language/en?back=/audit/doers")

    listed = re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)', auditor.get("/audit/doers").text)
    offices = [(party, name) for party, name in listed if re.fullmatch(r"[0-9]{7}-[0-9]", party)]

    assert len(offices) == len({party for party, _ in offices}) > 1
    assert "South Savo wellbeing services county" in {name for _, name in offices}


def test_nobody_named_is_anybody_and_what_was_done_is_narrowed_by_any_other_field(auditor, looked):
    asked = {"since": str(today() - timedelta(days=6)), "until": str(today())} | CASE

    address = auditor.post("/audit/doers", asked).headers["location"]
    listed, permitted, denied = (
        auditor.get(f"{address}{narrowed}").text for narrowed in ("", "?outcome=partial&kind=all", "?outcome=deny")
    )

    assert "Kuka tahansa" in listed
    assert len(shown(permitted)) == 1
    assert set(shown(permitted)) < set(shown(listed))
    assert shown(denied) == []


def test_what_a_search_was_read_among_is_named_and_where_it_is_proved_that_it_is_all(auditor, looked, owner):
    size = len(entries(owner))

    for hetu in (HETU, STRANGER):
        page = auditor.get(found(auditor, hetu)).text
        named = re.search(r"Haettu lokin allekirjoitetuista tapahtumista: (\d{4}): (\d+)\.", page)
        assert (int(named[1]), int(named[2]) >= size) == (now().year, True)
        assert "sinetöity vienti</a>" in page


def test_an_event_is_found_by_its_id_and_by_its_decision_s_whenever_it_was(auditor, looked, owner):
    read = next(row for row in entries(owner) if row.type == "disclosure.read")
    long_ago = {"since": "2020-01-01", "until": "2020-01-02"} | CASE

    for reference in (read.id, read.decision_id):
        address = auditor.post("/audit/doers", {"reference": str(reference), **long_ago}).headers["location"]
        assert shown(auditor.get(address).text) == [str(read.id)]
        assert auditor.get(f"{address}/save").status_code == 404
    assert auditor.post("/audit/doers", {"reference": "no id", **long_ago}).status_code == 422


def test_a_case_is_found_by_its_number_which_no_address_no_export_and_no_saved_search_holds(auditor, looked):
    asked = {"of_case": "SLN-1", "since": str(today() - timedelta(days=6)), "until": str(today())} | CASE

    address = auditor.post("/audit/doers", asked).headers["location"]
    other = auditor.post("/audit/doers", asked | {"of_case": "SLN-2"}).headers["location"]

    assert "Tietoja katsottiin</a>" in auditor.get(address).text
    assert "Lokissa ei ole tapahtumia" in auditor.get(other).text
    packed = ZipFile(io.BytesIO(exported(auditor, address)[1].content))
    assert json.loads(packed.read("query.json"))["cases"]
    assert b"SLN-1" not in b"".join(packed.read(name) for name in packed.namelist())
    assert "SLN-1" not in address
    assert auditor.get(f"{address}/save").status_code == 404


def test_of_a_run_all_is_found_that_it_did(auditor, looked, owner, log):
    fetched = {"type": EventType.SOURCE_FETCHED, "person_id": None, "result": Result(count=1), "at": now()}
    change = ChangeRef(table="staging.batch", id="1", digest="0a")
    told = an_event(**fetched, run=RunRef(dag="pull_te", run="r-7", task="land"), change=change)
    with owner.transaction() as tx:
        record(tx, told)
    log.settle(owner)
    asked = {"run": "r-7", "since": str(today() - timedelta(days=6)), "until": str(today())} | CASE

    address = auditor.post("/audit/doers", asked).headers["location"]

    assert shown(auditor.get(address).text) == [str(told.id)]
    assert "r-7" in auditor.get(f"{address.partition('?')[0]}/{told.id}").text


def test_a_refused_look_stands_in_the_list_too(auditor, world, neighbour, log, owner):
    world.person()
    world.moves(world.person(hetu=STRANGER), "491")
    resolve(neighbour, STRANGER)
    log.settle(owner)

    page = auditor.get(found(auditor, STRANGER)).text

    assert "ei annettu" in page


def test_a_search_is_another_sessions_secret(auditor, looked, web_login, keyring):
    address = found(auditor)
    with a_browser(web_login, keyring) as other:
        other.sign_in("auditor-1")

        assert other.get(address).status_code == 404


@pytest.mark.parametrize("account", ["steward-1", "aino"])
def test_the_log_is_no_stewards_and_no_persons(looked, web_login, keyring, account):
    with a_browser(web_login, keyring) as other:
        other.sign_in(account)

        assert other.get("/audit/doers").status_code == 404


def test_a_list_longer_than_a_page_goes_on_behind_its_last_row(auditor, looked, world, neighbour, monkeypatch):
    monkeypatch.setattr("web.auditor.found.ROWS", 2)
    for _ in range(3):
        view(neighbour, world.ref(looked))
    address = found(auditor)

    first = auditor.get(address).text
    more = re.search(r'href="\?before=([^"]+)"', first).group(1)
    second = auditor.get(f"{address}?before={more}").text

    assert set(shown(first)) & set(shown(second)) == set()
    assert len(shown(first)) == 2
    assert len(shown(second)) >= 2


def shown(page):
    return re.findall(r"/([0-9a-f-]{36})\">", page)


def exported(auditor, address, form="sealed", at=""):
    """Export all that stands in the log about the person of a search, as of a size of it."""
    page = auditor.get(f"{address}/export?kind=all{at}")
    action = re.search(r'action="(\?[^"]+)"', page.text).group(1).replace("&amp;", "&")
    return action, auditor.post(f"{address}/export{action}", {"as": form})


def test_the_same_query_of_the_same_checkpoint_is_exported_with_the_same_bytes(auditor, looked, owner, log):
    address = found(auditor)
    action, first = exported(auditor, address)
    log.settle(owner)
    a_key_later(owner)

    again = auditor.post(f"{address}/export{action}", {"as": "sealed"})

    assert again.content == first.content
    assert exported(auditor, address)[1].content != first.content


def a_key_later(owner):
    """The log is signed by another key from now on."""
    year = now().year
    with owner.transaction() as tx:
        later = VerifierKey(f"{HOST}/audit/{year}", tx.keyring.public_key(Use.RECEIPT))
        sequence.add_signer(tx, year, later.name, str(later), now())


@pytest.mark.usefixtures("looked")
def test_a_sealed_export_verifies_offline_and_a_touched_one_does_not(auditor, owner, keyring, tmp_path, capsys):
    from cli.verify.given import Given
    from cli.verify.pieces import export

    ours = [str(exporter(HOST, keyring.public_key(Use.EXPORT)))]
    path, keys = tmp_path / "export.zip", [str(key) for key in keys_of(owner)]
    path.write_bytes(exported(auditor, found(auditor))[1].content)
    given = Given(keyring=tmp_path / "none", keys=[*keys, *ours])

    assert export(path, given) == 0
    assert export(path, replace(given, keys=keys)) == 3
    assert export(path, replace(given, keys=[*keys, str(exporter(HOST, keyring.public_key(Use.RECEIPT)))])) == 1
    for touched in ("entries.ndjson", "query.json", "entries.csv"):
        assert export(rewritten(path, tmp_path, touched), given) == 1
    assert export(without_events(path, tmp_path, until=2), given) == 1
    assert "person_gap" in capsys.readouterr().out


def rewritten(path, folder, touched):
    """The same ZIP, one byte of one file changed."""
    with ZipFile(path) as packed, ZipFile(folder / "touched.zip", "w") as made:
        for name in packed.namelist():
            content = packed.read(name)
            made.writestr(name, content.replace(b"1", b"2", 1) if name == touched else content)
    return folder / "touched.zip"


@pytest.fixture
def rooted(looked, owner, log):
    """The day's root of the index is told after the looks."""
    with owner.transaction(snapshot=True) as tx:
        write_roots(tx, at=now())
    log.settle(owner)
    return looked


@pytest.mark.usefixtures("rooted")
def test_all_of_a_person_is_there_up_to_the_days_root_of_the_index(auditor, owner, keyring, tmp_path, capsys):
    from cli.verify.given import Given
    from cli.verify.pieces import export

    path, keys = tmp_path / "export.zip", [str(key) for key in keys_of(owner)]
    path.write_bytes(exported(auditor, found(auditor))[1].content)
    given = Given(keyring=tmp_path / "none", keys=[*keys, str(exporter(HOST, keyring.public_key(Use.EXPORT)))])
    with ZipFile(path) as packed:
        lines = [each["line"].split() for each in json.loads(packed.read(f"index/{now().year}.json"))["lines"]]
        persons = json.loads(packed.read("query.json"))["persons"]
    last = max(int(n) for person, n, _ in lines if person in persons)

    assert export(path, given) == 0
    assert export(without_events(path, tmp_path, from_=last), given) == 1
    assert "Not all events of" in capsys.readouterr().out, "the end of a list leaves no gap behind"
    assert export(rewritten(path, tmp_path, f"index/{now().year}.json"), given) == 1
    assert "index_differs" in capsys.readouterr().out


def without_events(path, folder, *, from_=1, until=None):
    """The same ZIP without the events of these numbers, as if they had never been there: listed and proved they are no more."""
    with ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist() if name != "manifest"}
    lines = files["entries.ndjson"].splitlines(keepends=True)
    gone = [from_ <= json.loads(line).get("person_n", 0) < (until or len(lines) + 1) for line in lines]
    proofs = sorted(
        (name for name in files if name.startswith("proofs/")), key=lambda n: int(n.split("-")[1].split(".")[0])
    )
    files["entries.ndjson"] = b"".join(line for line, left_out in zip(lines, gone, strict=True) if not left_out)
    for name, left_out in zip(proofs, gone, strict=True):
        if left_out:
            del files[name]
    files["manifest"] = "".join(f"{sha256(c).hexdigest()}  {n}\n" for n, c in sorted(files.items())).encode()
    with ZipFile(folder / "gone.zip", "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return folder / "gone.zip"


def test_an_export_holds_no_code_no_id_and_no_word_of_anybody(auditor, looked):
    packed = ZipFile(io.BytesIO(exported(auditor, found(auditor))[1].content))

    everything = b"".join(packed.read(name) for name in packed.namelist())

    assert HETU.encode() not in everything
    assert str(looked).encode() not in everything
    assert b"w-17" not in everything
    assert b"TARK-2026-14" not in everything


def test_an_export_is_told_to_the_log_with_its_size_and_digest(auditor, looked, owner, log):
    body = exported(auditor, found(auditor))[1].content

    told = last_of(owner, log, "log.exported")

    assert told["result"]["bytes"] == len(body)
    assert told["result"]["count"] > 1


def test_a_table_for_spreadsheets_calculates_nothing(auditor, looked):
    rows = exported(auditor, found(auditor), "csv")[1].text.splitlines()

    assert rows[0].lstrip("\ufeff").startswith("log,index,time")
    assert any("disclosure.read" in row for row in rows)
    assert [harmless(each) for each in ("=1+1", "+1", "-1", "@a", "\tx", "sote")] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@a",
        "'\tx",
        "sote",
    ]


def test_the_integrity_page_names_the_checkpoint_and_hands_it_out(auditor, looked, owner):
    page = auditor.get("/audit/integrity").text
    year = now().year

    note = auditor.get(f"/audit/integrity/{year}/checkpoint").text

    assert "Viimeisin allekirjoitettu tila" in page
    assert note.splitlines()[0].endswith(f"/audit/{year}")
    assert list(verify_note(note, Signers(keys_of(owner)))) == []
    assert auditor.get("/audit/integrity/1999/checkpoint").status_code == 404


@pytest.mark.parametrize(
    ("chosen", "there"),
    [
        ("outcome=partial", True),
        ("outcome=deny", False),
        ("purpose=TYO-380-2023", True),
        ("purpose=TYM-381-2023", False),
        ("category=sote.palvelutarve", True),
        ("kind=all", True),
        ("kind=disclosure.read", True),
        ("kind=consent.given", False),
        ("role=auditor", False),
        (f"controller={COUNTY}", True),
        (f"controller={KELA}", False),
        ("class=sote", True),
        ("class=hidden", False),
        ("category=nonsense", True),
    ],
)
def test_a_list_is_narrowed_by_what_the_log_keeps_in_clear(auditor, looked, chosen, there):
    page = auditor.get(f"{found(auditor)}?{chosen}").text

    assert ("Tietoja katsottiin</a>" in page) is there


def test_events_leave_as_fhir_audit_events_a_line_each(auditor, looked):
    answer = exported(auditor, found(auditor), "fhir")[1]

    events = [json.loads(line) for line in answer.text.splitlines()]
    (read,) = [each for each in events if each["type"]["code"] == "110106"]
    assert answer.headers["content-type"] == "application/fhir+ndjson"
    assert {each["resourceType"] for each in events} == {"AuditEvent"}
    assert read["subtype"][0]["code"] == "disclose"
    assert read["outcome"] == "0"
    assert [agent["requestor"] for agent in read["agent"]].count(True) == 1
    assert all(sum(agent["requestor"] for agent in each["agent"]) >= 1 and each["source"] for each in events)
    assert {"type": "dataClass", "valueString": "sote.palvelutarve"} in read["entity"][-1]["detail"]
    assert HETU not in answer.text
    assert str(looked) not in answer.text


def test_more_events_than_an_export_may_hold_leave_in_no_form(auditor, looked, owner, monkeypatch):
    action, _ = exported(auditor, address := found(auditor), "fhir")
    monkeypatch.setattr(exporting, "MOST_EXPORTED", 1)

    answers = [auditor.post(f"{address}/export{action}", {"as": form}) for form in ("sealed", "csv", "fhir")]

    assert [each.status_code for each in answers] == [422] * 3
    assert [row.type for row in entries(owner)].count("log.exported") == 1
