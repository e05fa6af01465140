"""What the documents tell operators to type is what there is."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from cli.main import app
from connectors import connecting

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "docs/operations.md", "docs/new-source.md")
COMMAND = re.compile(r"\./luukku ([a-z]+)((?: [a-z]+)*)([^`\n]*)")
AT = datetime(2026, 6, 4, tzinfo=UTC)


def told():
    """Yield the document and the parts of every command written in one."""
    for name in DOCUMENTS:
        for command, words, rest in COMMAND.findall((ROOT / name).read_text()):
            yield name, command, words.split(), re.findall(r"--[a-z]+", rest)


@pytest.mark.parametrize(("document", "command", "words", "options"), list(told()))
def test_every_command_in_the_documents_is_one(document, command, words, options):
    commands = typer.main.get_command(app).commands

    found = commands[command]
    if hasattr(found, "commands") and words:
        found = found.commands[words[0]]

    known = {option for parameter in found.params for option in parameter.opts}
    assert set(options) <= known or found.context_settings.get("ignore_unknown_options")


def test_the_connection_in_the_document_is_one():
    text = (ROOT / "docs/new-source.md").read_text()
    (described,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)

    connection = connecting.read(described.encode(), at=AT)

    assert (connection.connection_id, connection.state) == ("te-01", connecting.State.TRIAL)
