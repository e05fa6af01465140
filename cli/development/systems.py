"""The municipal systems of a developer's machine: their keys lie in the home, readable by its owner only."""

import json
from pathlib import Path
from typing import Final

from cli.development.parties import NEIGHBOUR_AREA, SAVONLINNA_AREA, authority
from cli.settings import Settings
from publish.recipients import System
from schemas.vocabulary import Purpose
from simulators.municipality import Key

SCOPES: Final = ("people:resolve", "view:read", "changes:read", "consents:read", "decisions:ask")
SYSTEM_OF_AREA: Final = {SAVONLINNA_AREA: "sln-asiakastyo", NEIGHBOUR_AREA: "mli-asiakastyo"}


def key_of(settings: Settings, system: str) -> Key:
    """Read the system's key, made on first use."""
    path = settings.home / "systems" / f"{system}.jwk.json"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(path, json.dumps(Key.make().jwk))
    return Key(json.loads(path.read_text()))


def systems(settings: Settings) -> list[System]:
    """Describe the two systems: one of Savonlinna, and one of a neighbour that must see none of Savonlinna's people."""
    return [
        System(
            system=name,
            recipient=authority(area).recipient,
            scopes=SCOPES,
            purposes=(Purpose.TYO, Purpose.TYM, Purpose.KUNTAOSUUS),
            jwks=[key_of(settings, name).registered()],
        )
        for area, name in SYSTEM_OF_AREA.items()
    ]


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
