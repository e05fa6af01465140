"""An auditor at work, in a real Chromium: every page in three languages and at three widths, and no finding anywhere."""

import subprocess
import sys
from pathlib import Path

import pytest

from audit.checkpoint import HOST
from audit.manifest import exporter
from audit.queries import sequence
from db.clock import now
from db.keys import Use
from publish import changes_of_will
from tests.calls import NEED, PLAN, a_system, the_app, view
from tests.privacy.searched import FREE_TEXT
from tests.published import HETU, SAVONLINNA

ROOT = Path(__file__).parents[2]
AUDITOR = "Auditor"
LANGUAGES = ("fi", "sv", "en")
NEIGHBOUR = "w-17"

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


@pytest.fixture
def neighbour(world, log, web_login, keyring):
    """The municipality's system, at which the neighbour works."""
    with log.sealer() as sealer, the_app(web_login, sealer, keyring) as http:
        yield a_system(world, http, user=NEIGHBOUR)


@pytest.fixture
def looked(world, neighbour, log, owner):
    """A person whose need for services the neighbour saw by consent, twice, and was refused after they withdrew."""
    person = world.person()
    world.sections(person, {"te.suunnitelma": PLAN, "sote.palvelutarve": NEED})
    world.grant(person, "sote.palvelutarve", through=changes_of_will)
    view(neighbour, world.ref(person))
    view(neighbour, world.ref(person))
    world.withdraw(person, "sote.palvelutarve", through=changes_of_will)
    view(neighbour, world.ref(person))
    log.settle(owner)
    return person


def reason(reader):
    """Say why the auditor looks."""
    reader.page.check("#why")
    reader.page.fill("#case", "TARK-2026-14")
    reader.click("main form button")


def search(reader, hetu=HETU):
    """Go through the first door."""
    reader.open("/")
    reader.page.fill("#hetu", hetu)
    reason(reader)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_auditors_afternoon_from_a_complaint_to_the_sealed_export(looked, owner, reader, tmp_path, language):
    """ "My neighbour works at the municipality and read my data." """
    reader.sign_in(AUDITOR, language)
    reader.look(f"audit-search-{language}")
    search(reader)
    reader.look(f"audit-found-{language}")
    assert reader.page.locator("table.looks tbody tr").count() >= 3
    assert HETU not in reader.page.url + reader.page.content()

    reader.click(reader.page.locator("table.looks tbody tr:has(.tag.soon) a").last)
    reader.look(f"audit-event-{language}")
    assert reader.page.locator("#again ~ p .tag.good").count() == 1
    reader.click("section[aria-labelledby=again] a.button")
    reader.look(f"audit-event-today-{language}")
    assert reader.page.locator("section[aria-labelledby=today] li").count() >= 1
    reader.click("section[aria-labelledby=what] a")
    reader.look(f"audit-reveal-{language}")
    reader.page.fill("#cause", FREE_TEXT)
    reader.click("main form button")
    reader.look(f"audit-revealed-{language}")
    reader.click("main a.button")
    proof = reader.download("section[aria-labelledby=place] a.button")
    proof.save_as(tmp_path / "look.tlog-proof")

    reader.click("main .head a.button")
    reader.page.goto(reader.page.url + "?kind=all")
    reader.click("main p.acts a")
    reader.look(f"audit-export-{language}")
    export = reader.download("main form button")
    export.save_as(tmp_path / "export.zip")

    assert verified(owner, "proof", tmp_path / "look.tlog-proof", tmp_path) == 0
    assert verified(owner, "export", tmp_path / "export.zip", tmp_path) == 0


def verified(owner, what, path, folder):
    """Verify as on another machine: a process of its own, with the file and the keys of log and exports, and nothing else of the system."""
    with owner.read() as read:
        keys = [*sequence.signers(read, now().year), str(exporter(HOST, read.keyring.public_key(Use.EXPORT)))]
    (folder / "vkeys").write_text("".join(f"{key}\n" for key in keys))
    command = [sys.executable, "-m", "cli", "verify", what, str(path), "--key", str(folder / "vkeys")]
    return subprocess.run(
        command, check=False, cwd=ROOT, env={"PATH": "/usr/bin:/bin", "LUUKKU_HOME": str(folder / "home")}
    ).returncode


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_whom_a_worker_looked_this_week(looked, reader, language):
    reader.sign_in(AUDITOR, language)
    reader.open("/audit/doers")
    reader.look(f"audit-doers-{language}")
    reader.click("main form button")
    reader.look(f"audit-doers-errors-{language}")
    reader.page.fill("#user", NEIGHBOUR)
    reason(reader)

    reader.look(f"audit-whom-{language}")
    assert reader.page.locator("table.looks tbody tr").count() == 3
    found = reader.page.url
    reader.page.goto(f"{found}/rhythm")
    reader.look(f"audit-rhythm-{language}")
    reader.page.goto(f"{found}/sample")
    reader.look(f"audit-sample-{language}")
    reader.click("main form button")
    reader.look(f"audit-sample-drawn-{language}")
    assert reader.page.locator("table.looks tbody tr").count() == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_is_saved_and_asked_again_for_another_reason(looked, reader, language):
    reader.sign_in(AUDITOR, language)
    reader.open("/audit/doers")
    reader.page.select_option("#org", SAVONLINNA)
    reason(reader)
    reader.page.select_option("#outcome", "partial")
    reader.click("form.filters button")
    reader.click("main p.acts:last-child a")
    reader.look(f"audit-save-{language}")
    reader.click("main form button")
    reader.look(f"audit-save-errors-{language}")
    reader.page.fill("#name", "Osittain annetut, Savonlinna")
    reader.click("main form button")
    reader.look(f"audit-doers-saved-{language}")

    reader.click("main .cards a")
    reader.look(f"audit-doers-again-{language}")
    reason(reader)

    assert reader.page.url.endswith("?outcome=partial")
    assert reader.page.locator("table.looks tbody tr").count() == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_integrity_of_the_log_is_told(looked, reader, language):
    reader.sign_in(AUDITOR, language)

    reader.open("/audit/integrity")

    reader.look(f"audit-integrity-{language}")
    assert "luukku.example/audit/" in reader.page.locator("pre").text_content()
    reader.click('main a[href="/audit/retention"]')
    reader.look(f"audit-retention-{language}")
    assert reader.page.locator("main table tbody tr").count() == 5
