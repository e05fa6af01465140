"""``docs/consent-rules.md``: the worked examples as a lawyer reads them; ``--check`` fails when the document is another."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from consent.reasons import TEXTS
from schemas.vocabulary import Reason
from tests.spec import examples, story

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "consent-rules.md"
PARTS = (
    ("Consents", examples.CONSENTS),
    ("Statutes, denials, emergencies", examples.STATUTES_AND_DENIALS),
    ("New texts, and who speaks", examples.NOTICES_AND_VOICES),
    ("Times: paper, letters, errors, pauses", examples.TIMES),
    ("Persons, and data of a time", examples.PERSONS_AND_PERIODS),
    ("A purpose presupposes a task", examples.PURPOSE_AND_TASK),
    ("Further sentences", examples.FURTHER),
)
HEAD = """# The rules of consent, by example

Rendered from `tests/spec/examples.py`; every row is a test of the rule that decides (`consent/decision.py`), of its set-based twin and of
the real database. `./luukku check` fails when this page is not what the tests say. Edit the examples, then run
`python -m tests.spec.rendered`.

Moments are noon in Helsinki in 2026 unless said; "until 31.5." includes that day. Each question is asked on 1.6., knowing what is
known then.
Unless named, a consent is the person's own, given online, for all data, 365 days, to K.

| sign | what it stands for |
|---|---|
| K | pending applications (`kela.vireillaolo`) from Kela |
| M | benefit periods (`kela.etuusjakso`) from Kela, for the municipal share |
| P | the employment plan (`te.suunnitelma`) from KEHA |
| Sr, Sh | rehabilitative work and the health check from the wellbeing services county: special categories |
| J | a fact derived from the employment situation and from K |
| R, Q | two employment authorities, each with a task for the person |
| L1 | a statute for P that no denial stops |
| L2 | a statute for M that a denial stops |

The reading of the statutes behind the examples is ours and *unverified* until an authority has confirmed it.
"""


SENTENCES = {
    story.Suspended: "paused since {}",
    story.AgreementFor: "there is an agreement for {}",
    story.AgreementEnds: "the agreement ends {}",
    story.Born: "born {}",
    story.Died: "died {}",
}
VOICES = {"guardian": "a guardian", "mandate": "holder of a mandate", "legal_guardian": "the legal guardian"}


def page() -> str:
    """Render the whole document."""
    parts = "\n".join(_part(title, rows) for title, rows in PARTS)
    return f"{HEAD}\n{parts}\n{_reasons()}"


def _part(title: str, rows: Iterable[story.Example]) -> str:
    lines = [f"## {title}\n", "| # | rule | what happened | asked | decision |", "|---|---|---|---|---|"]
    lines += [f"| {row.n} | {row.title} | {_happened(row)} | {_asked(row.ask)} | {_decided(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _happened(row: story.Example) -> str:
    if row.facts is None:
        return "the database does not answer"
    return "; ".join(_fact(fact) for fact in row.facts) or "nothing"


def _fact(fact: story.Fact) -> str:
    match fact:
        case story.Grant():
            return _grant(fact)
        case story.No():
            return _no(fact)
        case story.Deny():
            return _deny(fact)
        case story.Represented():
            said = ", ".join(f"{on} {'yes' if allowed else 'no'}" for on, allowed in fact.checks)
            return f"{fact.voice} is {VOICES[fact.kind]}; authority: {said}"
        case story.Tasks():
            return "R's tasks: " + ", ".join(ground + (f" to {end}" if end else "") for ground, end in fact.held)
        case _:
            return _happening(fact)


def _grant(fact: story.Grant) -> str:
    details = (
        ("paper" if fact.recorded else "", fact.recorded and f"recorded {fact.recorded}"),
        ("by a minor found competent" if fact.competent else "", None),
        (f"effective {fact.effective}" if fact.effective else "", fact.until and f"until {fact.until}"),
        (_of_time(fact.data), fact.confirmed and f"confirmed by a second steward {fact.confirmed}"),
        (f"found an error {fact.invalidated}" if fact.invalidated else "", None),
    )
    told = ", ".join(part for pair in details for part in pair if part)
    return f"{_who(fact.voice)} consents to {fact.item} {fact.on}" + (f" ({told})" if told else "")


def _no(fact: story.No) -> str:
    verb = "refuses" if fact.kind == "refused" else "withdraws"
    late = f" (letter, recorded {fact.recorded})" if fact.recorded else ""
    error = f" (found an error {fact.invalidated})" if fact.invalidated else ""
    return f"{_who(fact.voice)} {verb} {fact.item} {fact.on}{late}{error}"


def _deny(fact: story.Deny) -> str:
    what = fact.item or (f"all of {fact.source}" if fact.source else "everything")
    to = f" to {fact.recipient}" if fact.recipient else ""
    save = ", save in an emergency" if fact.save_emergency else ""
    data = f", {_of_time(fact.data)}" if _of_time(fact.data) else ""
    lifted = f", lifted {fact.lifted}" if fact.lifted else ""
    return f"the person denies {what}{to} {fact.on}{data}{save}{lifted}"


def _happening(fact: story.Fact) -> str:
    """Tell what has one sentence for all of its kind."""
    match fact:
        case story.NewNotice(n, change, on, grace):
            return f"text {n} ({change}) published {on}" + (f", grace to {grace}" if grace else "")
        case story.LawEnded(law, last_day):
            return f"{law} ended {last_day}"
        case story.Protected(coach):
            return "turvakielto" + (f"; the named coach is {coach}" if coach else "")
    (value,) = asdict(fact).values()
    return SENTENCES[type(fact)].format(value)


def _asked(ask: story.Ask) -> str:
    parts = [" + ".join(ask.items)]
    parts += [f"for {ask.recipient}"] if ask.recipient != "R" else []
    parts += [f"for {ask.purpose}"] if ask.purpose else []
    parts += [f"at {ask.at}"] if ask.at != "1.6." else []
    parts += [_of_time(ask.data)] if _of_time(ask.data) else []
    parts += [f"by {ask.user}"] if ask.user else []
    parts += ["in an emergency"] if ask.emergency else []
    return ", ".join(parts)


def _decided(row: story.Example) -> str:
    reasons = "; ".join(f"`{reason}`" for reason in row.reasons)
    owed = "".join(f", {owed}" for owed in sorted(row.owed))
    periods = " and ".join(_of_time(period) for period in row.periods or ())
    return f"**{row.outcome}** {reasons}{owed}" + (f", {periods}" if periods else "")


def _of_time(data: tuple[str | None, str | None]) -> str:
    start, end = data
    if start is None and end is None:
        return ""
    return f"data {start or ''} to {end or ''}".strip()


def _who(voice: str) -> str:
    return "the person" if voice == story.SELF else voice


def _reasons() -> str:
    lines = ["## What the person and the steward read\n", "| reason | fi | sv | en |", "|---|---|---|---|"]
    lines += [f"| `{reason}` | {TEXTS[reason].fi} | {TEXTS[reason].sv} | {TEXTS[reason].en} |" for reason in Reason]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the document; with ``--check`` say whether it is current, and write nothing."""
    if "--check" not in arguments:
        DOCUMENT.write_text(page(), encoding="utf-8")
        return 0
    if DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == page():
        return 0
    sys.stderr.write("docs/consent-rules.md is not what the examples say; run `python -m tests.spec.rendered`.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
