"""What a decision is asked, reads and answers: frozen values that know no world (CONSENT.md 2 to 5)."""

from consent.model.acts import Act, Check, Kind, Representation, RepresentationKind, Suspension, Voice
from consent.model.answer import Decision, Explanation, Matched, Outcome, Result, Tried
from consent.model.asked import EMERGENCY_JUSTIFICATION_MIN, Derived, Emergency, Item, Request
from consent.model.closing import Closing
from consent.model.facts import Coach, Denial, Facts, Person, Stance, Task
from consent.model.obligations import Obligations
from consent.model.period import ALWAYS, FUTURE, PAST, Period
from consent.model.register import Register
from consent.model.route import Offer, Route, Standing
from consent.model.rules import Agreement, Change, Notice, Statute, StatuteKind
from consent.model.will import SILENT, Step, Stretch, Will

__all__ = [
    "ALWAYS",
    "EMERGENCY_JUSTIFICATION_MIN",
    "FUTURE",
    "PAST",
    "SILENT",
    "Act",
    "Agreement",
    "Change",
    "Check",
    "Closing",
    "Coach",
    "Decision",
    "Denial",
    "Derived",
    "Emergency",
    "Explanation",
    "Facts",
    "Item",
    "Kind",
    "Matched",
    "Notice",
    "Obligations",
    "Offer",
    "Outcome",
    "Period",
    "Person",
    "Register",
    "Representation",
    "RepresentationKind",
    "Request",
    "Result",
    "Route",
    "Stance",
    "Standing",
    "Statute",
    "StatuteKind",
    "Step",
    "Stretch",
    "Suspension",
    "Task",
    "Tried",
    "Voice",
    "Will",
]
