"""One worked call of a municipal system, so that a newcomer sees the view and how it was asked for."""

import json
from typing import Final

from cli.development.parties import SAVONLINNA_AREA
from cli.development.systems import SYSTEM_OF_AREA, key_of
from cli.house import House
from schemas.vocabulary import Purpose
from simulators.municipality import Municipality

EXAMPLE_HETU: Final = "120384-9128"
EXAMPLE_CASE: Final = "TYM-2026-000123"
EXAMPLE_USER: Final = "worker-7c1e"


def worked_call(house: House) -> str:
    """Read one synthetic person's view as Savonlinna's system does, and tell the call and its answer."""
    system = SYSTEM_OF_AREA[SAVONLINNA_AREA]
    key = key_of(house.settings, system)
    with Municipality.at(house.settings.web_url, client_id=system, key=key, user=EXAMPLE_USER) as desk:
        answer = desk.view_of(EXAMPLE_HETU, purpose=Purpose.TYM, case=EXAMPLE_CASE)
    said = json.dumps(answer.json(), indent=2, ensure_ascii=False)
    return f"\n{system} resolves a person and reads the support view for {Purpose.TYM}: {answer.status_code}\n{said}\n"
