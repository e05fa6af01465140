"""The catalogue of events is closed: what stands in it is written somewhere, and is said in words."""

import re
from pathlib import Path

from audit.events import EventType
from audit.words import TYPES

ROOT = Path(__file__).resolve().parents[2]
WRITERS = ("audit", "cli", "connectors", "consent", "db/migrations", "publish", "web")
SPEAKING = {
    "audit/catalogue.py",
    "audit/looks.py",
    "audit/words.py",
    "db/migrations/versions/0002_audit.py",
    "publish/queries/reconciling.py",
    "web/person/pages.py",
    "web/steward/pages.py",
    "web/auditor/pages.py",
}
"""They list types, put them into words or look for them, and write none."""
NOT_BUILT = {EventType.DISCLOSURE_EXPORTED}
"""Bulk exports (API.md 5.6); the rule that will watch them is there (ACCESS-LOG 11, ``bulk_export``)."""


def test_every_type_of_the_catalogue_has_a_writer_but_what_is_not_built():
    files = (path for top in WRITERS for path in sorted((ROOT / top).rglob("*.py")))
    text = "\n".join(path.read_text() for path in files if str(path.relative_to(ROOT)) not in SPEAKING)

    written = {each for each in EventType if re.search(rf"EventType\.{each.name}\b|\"type\":\"{each.value}\"", text)}

    assert set(EventType) - written == NOT_BUILT


def test_every_type_of_the_catalogue_is_said_in_words():
    assert set(TYPES) == set(EventType)
