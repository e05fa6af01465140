"""Consents handed out and taken in as a whole: one person's all, the looks in the log, and the commands that do it."""

import json

import pytest
from fhir.resources.R4B.bundle import Bundle
from sqlalchemy import select
from typer.testing import CliRunner

from audit import tables as log
from audit.events import Actor
from cli.main import app
from consent.exports import PartyNotDescribed
from consent.receipts.reading import claims_of
from db.keys import new_keyring
from publish import exporting, importing
from publish.exporting import Form
from publish.importing import Outcome
from publish.importing.patients import HETU_SYSTEM, clients_of
from tests.integration.test_consent_exports import DAY, DESK, NOON, a_life, decided, described, lacking, tables
from tests.integration.test_consent_registry import SR, K, consent_to, grant, withdraw
from tests.integration.test_publish_authority import named
from tests.logs import entries, known_to
from tests.published import a_hetu
from tests.spec import live, story, world

__all__ = ["tables"]
STEWARD = Actor(system="luukku", user="steward", role="steward")
HETU, NOBODYS = a_hetu("010190", "901"), a_hetu("010190", "902")


@pytest.fixture
def person(examples, owner):
    with owner.transaction() as tx:
        return live.live(tx, ())


def exported(database, person, form):
    with database.read() as read:
        told, _ = exporting.export(read, person_id=person, form=form, by=STEWARD, at=NOON + 9 * DAY)
        return told


def taken(database, consents, *, by=DESK):
    at = NOON + 10 * DAY
    with database.transaction() as tx:
        return importing.take_consents(tx, consents, find=clients_of(tx, by=by, at=at), by=by, at=at)


def resources(bundle, hetu):
    """The Consents of a bundle, as of somebody known by this identity code."""
    patient = {"identifier": {"system": HETU_SYSTEM, "value": hetu}}
    return [entry["resource"] | {"patient": patient} for entry in bundle.get("entry", ())]


def events(owner):
    with owner.read() as read:
        bodies = read.execute(select(log.inbox.c.body)).scalars()
        return [json.loads(body)["type"] for body in bodies]


@pytest.mark.parametrize("seed", range(12))
def test_all_that_was_said_goes_out_valid_and_decides_alike_of_whoever_it_is_taken_in_for(
    web_login, owner, person, seed
):
    twin = named(owner, HETU)
    with owner.transaction() as tx:
        a_life(tx, person, seed)

    bundle = exported(web_login, person, Form.FHIR)
    answers = taken(web_login, resources(json.loads(json.dumps(bundle)), HETU))

    Bundle.model_validate(bundle)
    assert {answer.outcome for answer in answers} == {Outcome.RECORDED}
    for days in (11, 25, 400):
        at = NOON + days * DAY
        for ask in (story.Ask(("K",)), story.Ask(("M",)), story.Ask(("Sh",))):
            assert decided(web_login, twin, ask, at) == decided(web_login, person, ask, at)


@pytest.mark.reference
def test_each_agreement_of_which_something_was_said_has_a_whole_record(web_login, owner, person, tables):
    described(owner, world.KELA, world.COUNTY, world.R)
    with owner.transaction() as tx:
        grant(tx, person)
        grant(tx, person, agreement=world.S_AGREEMENT, consent=consent_to(SR), at=NOON + DAY)

    graph = exported(web_login, person, Form.DPV)["@graph"]

    assert len(graph) == 2
    assert [lacking(each, tables) for each in graph] == [[], []]


def test_who_said_nothing_has_empty_exports(web_login, person):
    assert exported(web_login, person, Form.DPV) == {"@graph": []}
    Bundle.model_validate(exported(web_login, person, Form.FHIR))


def test_a_record_without_its_parties_contacts_is_not_made(web_login, owner, person):
    with owner.transaction() as tx:
        grant(tx, person)

    with pytest.raises(PartyNotDescribed):
        exported(web_login, person, Form.DPV)


@pytest.mark.parametrize(
    "patient",
    [
        {"identifier": {"system": HETU_SYSTEM, "value": NOBODYS}},
        {"identifier": {"system": HETU_SYSTEM, "value": "nonsense"}},
        {"identifier": {"system": "urn:oid:1.2.3", "value": HETU}},
        {"reference": "Patient/019e8269-4a98-7000-8000-000000000001"},
        {"reference": "Patient/nonsense"},
        {},
    ],
)
def test_a_patient_whom_nobody_knows_is_refused_by_field_and_the_look_up_is_told(web_login, owner, person, patient):
    named(owner, HETU)
    with owner.transaction() as tx:
        grant(tx, person)
    [told] = resources(exported(web_login, person, Form.FHIR), HETU)
    before = events(owner).count("person.searched")

    [answer] = taken(web_login, [told | {"patient": patient}])

    assert (answer.outcome, answer.field) == (Outcome.REFUSED, "patient")
    assert events(owner).count("person.searched") == before + 1


def test_nobody_takes_in_for_another_offices_clients(web_login, owner, person):
    named(owner, HETU)
    with owner.transaction() as tx:
        grant(tx, person)
    told = resources(exported(web_login, person, Form.FHIR), HETU)

    [answer] = taken(web_login, told, by=importing_by("0165116-3"))

    assert (answer.outcome, answer.field) == (Outcome.REFUSED, "patient")


def importing_by(office):
    return live.By(user="importer", role="steward", office=office)


@pytest.fixture
def luukku(database_url, tmp_path):
    """Run a command against the test's database, with keys of its own."""
    (tmp_path / "keys").mkdir()
    new_keyring(tmp_path / "keys" / "keyring.json", development=True)
    environ = {"LUUKKU_HOME": str(tmp_path), "LUUKKU_DATABASE_URL": database_url}
    return lambda *arguments: CliRunner().invoke(app, ["consent", *map(str, arguments)], env=environ)


@pytest.fixture
def sealing(log, tmp_path):
    """The log of the instance is at work where its commands look for it."""
    known_to(tmp_path, log)
    return log


def looks(owner):
    """How many looks at people stand in a signed checkpoint."""
    return [row.type for row in entries(owner)].count("person.viewed")


@pytest.mark.parametrize("command", ["export", "proof"])
def test_a_command_shows_nothing_while_its_look_cannot_be_sealed(luukku, sealing, owner, person, command):
    with owner.transaction() as tx:
        grant(tx, person)
        about = {"export": person, "proof": withdraw(tx, person, at=NOON + DAY).act_id}[command]
    sealed = luukku(command, about)
    sealing.stop()

    refused = luukku(command, about)

    assert (sealed.exit_code, bool(sealed.stdout), looks(owner)) == (0, True, 1)
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "luukku: The log cannot be reached; nothing may be shown." in refused.stderr.replace("\n", " ")


@pytest.mark.usefixtures("sealing")
def test_the_commands_hand_out_and_take_in(luukku, owner, person, tmp_path):
    described(owner, world.KELA, world.R)
    with owner.transaction() as tx:
        grant(tx, person)
    out = luukku("export", person)
    bundle = json.loads(out.stdout)
    broken = {"resource": bundle["entry"][0]["resource"] | {"dateTime": "yesterday"}}
    (tmp_path / "consents.json").write_text(json.dumps(bundle | {"entry": [*bundle["entry"], broken]}))

    done = luukku("import", tmp_path / "consents.json", "--office", world.R)
    again = luukku("import", tmp_path / "consents.json", "--office", world.R)

    assert (out.exit_code, done.exit_code) == (0, 1)
    first, second = done.stdout.splitlines()
    assert first.startswith("1 recorded ")
    assert second == "2 refused dateTime: The field is missing or out of form."
    assert again.stdout == done.stdout
    assert json.loads(luukku("export", person, "--as", "27560").stdout)["@graph"][0]["@type"] == "dpv:ConsentRecord"


@pytest.mark.usefixtures("sealing")
def test_the_proof_of_a_withdrawal_is_had_as_a_signed_text_and_of_no_other_act(luukku, owner, person):
    with owner.transaction() as tx:
        yes = grant(tx, person)
        no = withdraw(tx, person, at=NOON + DAY)

    done, refused = luukku("proof", no.act_id), luukku("proof", yes.act_id)

    assert (done.exit_code, claims_of(done.stdout)["categories"]) == (0, [K])
    assert (refused.exit_code, "has this reference" in refused.stderr.replace("\n", " ")) == (2, True)
    assert looks(owner) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("proof", "K-1"), "named by its reference"),
        (("export", "120384-9128"), "A person is named by person_id"),
        (("export", "019e8269-4a98-7000-8000-000000000001", "--as", "pdf"), "a form by one of 27560, fhir"),
        (("import", "nowhere.json", "--office", world.R), "cannot be read"),
        (("import", "{file}", "--office", "Savonlinna"), "An office is named by its business id"),
        (("import", "{file}", "--office", world.R), "is not JSON"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_one_sentence(luukku, tmp_path, arguments, sentence):
    (tmp_path / "x.json").write_text("{")

    done = luukku(*(each.replace("{file}", str(tmp_path / "x.json")) for each in arguments))

    assert (done.exit_code, sentence in done.stderr.replace("\n", " ")) == (2, True)


def test_a_record_that_cannot_be_whole_is_refused_in_a_sentence(luukku, owner, person):
    with owner.transaction() as tx:
        grant(tx, person)

    done = luukku("export", person, "--as", "27560")

    assert done.exit_code == 2
    assert "has no contact and address" in done.stderr.replace("\n", " ")
