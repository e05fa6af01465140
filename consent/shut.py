"""Facts on which nothing is permitted by consent, while sharing by consent is closed; pure, and outside the rule (AMENDMENTS 15)."""

from dataclasses import replace
from datetime import datetime

from consent.model import Facts, Step, Stretch, Will


def shut(facts: Facts, recipient: str) -> Facts:
    """Return facts on which a decision about a recipient permits nothing by consent while it is closed for them.

    What was given then reads as suspended; statutes and emergencies decide as ever. Facts of a recipient for whom nothing is closed
    are returned as they are.
    """
    since = min((each.closed_at for each in facts.register.closings if recipient not in each.opened_for), default=None)
    if since is None:
        return facts
    return replace(facts, wills={key: _paused(will, since) for key, will in facts.wills.items()})


def _paused(will: Will, since: datetime) -> Will:
    minor = None if will.minor is None else _cut(will.minor, since)
    return Will(_cut(will.adult, since), minor)


def _cut(stretches: tuple[Stretch, ...], since: datetime) -> tuple[Stretch, ...]:
    """Cut a given stretch where sharing was closed, and suspend what follows; the other stretches stay as they are."""
    found: list[Stretch] = []
    for each in stretches:
        if each.step is not Step.OK or each.end <= since:
            found.append(each)
            continue
        if each.start < since:
            found.append(each._replace(end=since))
        found.append(each._replace(start=max(each.start, since), step=Step.SUSPENDED))
    return tuple(found)
