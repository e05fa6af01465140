"""What the events of the long log differ in, so that a search of any field has what is common, what is rare, and what never meets."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from audit.events import retention_of

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
USERS: Final = 5_000
CASES: Final = 300_000
SYSTEMS_OF_AN_ORG: Final = 3
EACH_RARE: Final = 200_003
RARE_REASON: Final = "emergency"
RARE_ROLE: Final = "operator"
RARE_CONTROLLER: Final = "3333333-3"
RARE_DAG: Final = "keep"
JOB: Final = "0b" * 16
"""Who does a fifth of everything, all of it under one case number."""
NIGHTLY: Final = "0c" * 16
A_RUN: Final = 20_000
"""Events between the beginnings of two runs, a fortieth of which belong to the run."""
CONTROLLERS: Final[Mapping[str, str]] = {"te": "2296962-1", "kela": "0246246-0"}
COUNTIES: Final = 21


def varied(pattern: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Give the members of event `number`: a few offices do most, and whatever an office does it does again and again."""
    mixed = number * 2_654_435_761 % 4_294_967_296
    place, rare = (mixed % 900) ** 2 // 27_000, number % EACH_RARE == 0
    asked = ASKED[mixed // 7 % (len(ASKED) if place % 2 else len(ASKED) - 1)]
    reason = REASONS[mixed // 31 % len(REASONS)]
    kind = KINDS[(mixed // 101 % 40) // 13]
    return {
        "type": kind,
        "outcome": "deny" if reason in {"denied", "no_consent", "withdrawn"} else "permit",
        "class": retention_of(asked).value,
        "purpose": PURPOSES[mixed // 13 % len(PURPOSES)],
        "categories": list(asked),
        "controllers": [*_controllers(asked, place), *[RARE_CONTROLLER] * rare],
        "actor": pattern["actor"] | _actor(mixed, place) | ({"role": RARE_ROLE} if rare else {}),
        "decision": pattern["decision"] | {"reason": dict.fromkeys(asked, RARE_REASON if rare else reason)},
        "request": pattern["request"] | {"case": NIGHTLY if _is_job(mixed) else case_of(number)},
    } | ({"run": _run(number, rare=rare)} if rare or kind == KINDS[-1] else {})


def case_of(number: int) -> str:
    """Name the case of an event that no job made."""
    return f"{number * 7_919 % CASES:032x}"


def run_of(number: int) -> str:
    """Name the run that an event belongs to, if any."""
    return f"run-{number // A_RUN}"


def _controllers(asked: Sequence[str], place: int) -> list[str]:
    sources = {each.partition(".")[0] for each in asked}
    return sorted(CONTROLLERS.get(source, f"{3_221_300 + place % COUNTIES}-9") for source in sources)


def _actor(mixed: int, place: int) -> dict[str, str]:
    user = JOB if _is_job(mixed) else f"{mixed % USERS:032x}"
    return {"org": ORGS[place], "system": f"system-{place}-{mixed // 11 % SYSTEMS_OF_AN_ORG}", "user": user}


def _is_job(mixed: int) -> bool:
    return mixed // 17 % 5 == 0


def _run(number: int, *, rare: bool) -> dict[str, Any]:
    return {"dag": RARE_DAG if rare else "pull_te", "run": run_of(number), "task": "land"}
