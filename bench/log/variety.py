"""What the events of the long log differ in, so that a search of any field has what is common, what is rare, and what never meets."""

from collections.abc import Mapping
from typing import Any, Final

ORGS: Final = tuple(f"{number:07d}-{number % 10}" for number in range(1_000_000, 1_000_030))
PURPOSES: Final = ("TYM-381-2023", "TYO-380-2023", "KUNTAOSUUS")
KINDS: Final = ("disclosure.read", "query.decided", "disclosure.exported", "person.viewed")
ASKED: Final = (
    ("te.suunnitelma", "te.palvelut"),
    ("te.perustiedot", "te.tyollisyys", "sote.palvelutarve"),
    ("kela.vireillaolo", "sote.terveystarkastus-tehty"),
    ("kela.etuusjakso", "te.yhteydenotot"),
)
"""Offices of even number never ask for the last of them: both are common, and never meet."""
REASONS: Final = ("statute", "consent", "denied", "no_consent", "withdrawn")
RARE_REASON: Final = "emergency"
EACH_RARE: Final = 200_003
USERS: Final = 5_000
SYSTEMS_OF_AN_ORG: Final = 3


def varied(pattern: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Give the members of event `number`: a few offices do most, and whatever an office does it does again and again."""
    mixed = number * 2_654_435_761 % 4_294_967_296
    place = (mixed % 900) ** 2 // 27_000
    org, asked = ORGS[place], ASKED[mixed // 7 % (len(ASKED) if place % 2 else len(ASKED) - 1)]
    reason = REASONS[mixed // 31 % len(REASONS)]
    reasons = dict.fromkeys(asked, reason) | ({asked[0]: RARE_REASON} if number % EACH_RARE == 0 else {})
    refused = reason in {"denied", "no_consent", "withdrawn"}
    system = f"system-{place}-{mixed // 11 % SYSTEMS_OF_AN_ORG}"
    return {
        "type": KINDS[(mixed // 101 % 40) // 13],
        "outcome": "deny" if refused else "permit",
        "purpose": PURPOSES[mixed // 13 % len(PURPOSES)],
        "categories": list(asked),
        "actor": {**pattern["actor"], "org": org, "system": system, "user": f"{mixed % USERS:032x}"},
        "decision": {**pattern["decision"], "reason": reasons},
    }
