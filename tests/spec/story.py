"""What can have happened before a question is asked: the facts of a worked example, as data that two engines replay."""

from dataclasses import dataclass, field

SELF = "self"


@dataclass(frozen=True)
class Grant:
    """A yes to one item of the examples; ``recorded`` after ``on`` means a paper. Bare days in ``data`` are midnights."""

    on: str = "1.2."
    item: str = "K"
    voice: str = SELF
    effective: str | None = None
    until: str | None = None
    data: tuple[str | None, str | None] = (None, None)
    recorded: str | None = None
    confirmed: str | None = None
    invalidated: str | None = None
    competent: bool = False


@dataclass(frozen=True)
class No:
    """A refusal or a withdrawal."""

    on: str
    kind: str
    item: str = "K"
    voice: str = SELF
    recorded: str | None = None
    invalidated: str | None = None


def refuse(on: str, item: str = "K", **more: str) -> No:
    return No(on, "refused", item, **more)


def withdraw(on: str, item: str = "K", **more: str) -> No:
    return No(on, "withdrawn", item, **more)


@dataclass(frozen=True)
class Deny:
    """A standing no; what is not named is any."""

    on: str = "15.5."
    source: str | None = None
    item: str | None = None
    recipient: str | None = None
    data: tuple[str | None, str | None] = (None, None)
    save_emergency: bool = False
    lifted: str | None = None


@dataclass(frozen=True)
class Suspended:
    since: str


@dataclass(frozen=True)
class AgreementFor:
    """A further agreement, for one item."""

    item: str


@dataclass(frozen=True)
class AgreementEnds:
    on: str


@dataclass(frozen=True)
class NewNotice:
    n: int
    change: str
    on: str = "15.5."
    grace: str | None = None


@dataclass(frozen=True)
class LawEnded:
    """A statute's last day."""

    law: str
    last_day: str


@dataclass(frozen=True)
class Born:
    on: str


@dataclass(frozen=True)
class Represented:
    """Somebody who may speak for the person, with the answers on their authority."""

    voice: str
    kind: str = "guardian"
    checks: tuple[tuple[str, bool], ...] = (("1.2.", True), ("30.5.", True))


@dataclass(frozen=True)
class Died:
    on: str


@dataclass(frozen=True)
class Protected:
    """Turvakielto; ``coach`` is the user who is the named coach."""

    coach: str | None = None


@dataclass(frozen=True)
class Tasks:
    """The grounds on which R has a task, in place of all but TYM, each with the last day if it has ended."""

    held: tuple[tuple[str, str | None], ...] = (("residence", None), ("area", None), ("financing", None))


Fact = (
    Grant
    | No
    | Deny
    | Suspended
    | AgreementFor
    | AgreementEnds
    | NewNotice
    | LawEnded
    | Born
    | Represented
    | Died
    | Protected
    | Tasks
)


@dataclass(frozen=True)
class Ask:
    """What is asked: items by letter, as of 1.6. at noon unless said."""

    items: tuple[str, ...]
    at: str = "1.6."
    recipient: str = "R"
    purpose: str | None = None
    data: tuple[str | None, str | None] = (None, None)
    user: str | None = None
    emergency: bool = False


@dataclass(frozen=True)
class Example:
    """One row of CONSENT.md 6: facts, question, and the decision with a reason for each item."""

    n: int
    title: str
    facts: tuple[Fact, ...] | None
    ask: Ask
    outcome: str
    reasons: tuple[str, ...]
    owed: frozenset[str] = field(default=frozenset())
    periods: tuple[tuple[str, str], ...] | None = None

    def __str__(self) -> str:
        return f"{self.n}: {self.title}"
