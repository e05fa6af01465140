"""From a key's acts, suspensions and checks to what they come to over time; pure (CONSENT.md 4, 5.2)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from consent.model.acts import Act, Kind, Representation, RepresentationKind, Suspension, Voice
from consent.model.period import FUTURE, PAST
from consent.model.will import Step, Stretch, Will

_INSTANT = timedelta(microseconds=1)
"""The clock's resolution: "at most 24 h old" still holds at 24 h, so the half-open end lies one instant later."""
CHECK_HOLDS: Mapping[RepresentationKind, timedelta] = {
    RepresentationKind.MANDATE: timedelta(hours=24) + _INSTANT,
    RepresentationKind.GUARDIAN: timedelta(days=30) + _INSTANT,
    RepresentationKind.LEGAL_GUARDIAN: timedelta(days=30) + _INSTANT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """All that was said on one key, with who may speak and the pauses of its agreement."""

    acts: Sequence[Act]
    representations: Mapping[UUID, Representation]
    suspensions: Sequence[Suspension] = ()


def will(said: Said) -> Will:
    """Tell what the key's rows come to at every moment, before and after the 18th birthday."""
    adult = stretches(said, minor=False)
    if not any(_is_guardian(said, act.voice) for act in said.acts):
        return Will(adult)
    return Will(adult, stretches(said, minor=True))


def stretches(said: Said, *, minor: bool) -> tuple[Stretch, ...]:
    """Cut time at every moment at which a row starts or ends, and join neighbours that come to the same."""
    cuts = [PAST, *sorted({moment for moment in _moments(said) if PAST < moment < FUTURE}), FUTURE]
    joined: list[Stretch] = []
    for start, end in pairwise(cuts):
        found = _state(said, start, minor=minor)._replace(start=start, end=end)
        if joined and joined[-1][2:] == found[2:]:
            joined[-1] = joined[-1]._replace(end=end)
        else:
            joined.append(found)
    return tuple(joined)


def _moments(said: Said) -> Iterator[datetime]:
    for act in said.acts:
        yield from (act.effective_from, act.recorded_at, act.valid_until, starts_at(act))
        if act.voided_at is not None:
            yield act.voided_at
    for speaker in said.representations.values():
        for check in speaker.checks:
            yield from (check.checked_at, check.checked_at + CHECK_HOLDS[speaker.kind])
    for pause in said.suspensions:
        yield from (pause.from_at, pause.until_at)


def starts_at(act: Act) -> datetime:
    """When an act starts to count: a no when it was said, all else not before it was recorded, nor before a second steward's word."""
    if act.kind.no:
        return act.effective_from
    started = max(act.effective_from, act.recorded_at)
    if not act.needs_second:
        return started
    return FUTURE if act.confirmed_at is None else max(started, act.confirmed_at)


class _Candidate(NamedTuple):
    """An act with its step; comparing puts the furthest last, and of equals the one said last."""

    step: Step
    signed_at: datetime
    seq: int
    act: Act


def _state(said: Said, at: datetime, *, minor: bool) -> Stretch:
    """Find the furthest candidate at one moment; its own start and end are set by the caller."""
    standing = list(_standing(said, at, minor=minor))
    best = max(standing, default=None)
    waiting = [
        act
        for act in said.acts
        if act.kind.yes and not _counts(act, at) and (best is None or act.voided_at or _order(act) > _order(best.act))
    ]
    best = max([*standing, *(_candidate(said, act, at, minor=minor) for act in waiting)], default=None)
    if best is None:
        return Stretch(PAST, FUTURE, Step.NO_CONSENT)
    return Stretch(PAST, FUTURE, best.step, best.act.act_id, best.act.notice_n, best.act.data)


def _standing(said: Said, at: datetime, *, minor: bool) -> Iterator[_Candidate]:
    """Yield what the voices come to, by each one's last act that counts; of representatives who agree the last act decides."""
    last = _last_of_each_voice(said.acts, at)
    own = last.pop(None, None)
    authorised = {voice for voice in last if _authorised(said, voice, at, minor=minor)}
    noes = [act for act in last.values() if act.kind.no and act.voice in authorised]
    if own is not None:
        opposed = any(_order(act) > _order(own) for act in noes)
        yield _candidate(said, own, at, minor=minor, opposed=opposed)
        return
    given = [act for act in last.values() if act.kind.yes]
    agreed = [act for act in given or noes if act.voice in authorised]
    lapsed = [act for act in given if act.voice not in authorised]
    for act in (*lapsed, *_last_of(agreed)):
        yield _candidate(said, act, at, minor=minor, opposed=bool(noes))


def _candidate(said: Said, act: Act, at: datetime, *, minor: bool, opposed: bool = False) -> _Candidate:
    step = _no_step(act) if act.kind.no else _yes_step(said, act, at, minor=minor, opposed=opposed)
    return _Candidate(step, act.signed_at, act.seq, act)


def _no_step(act: Act) -> Step:
    return Step.REFUSED if act.kind is Kind.REFUSED else Step.WITHDRAWN


def _yes_step(said: Said, act: Act, at: datetime, *, minor: bool, opposed: bool) -> Step:
    """Try a yes against the steps in their order; the first that it fails is its own."""
    failed = (
        (Step.INVALIDATED, act.voided_at is not None),
        (Step.REVOKED, _revoked(said.acts, act, at)),
        (Step.NOT_YET_VALID, at < max(act.effective_from, act.recorded_at)),
        (Step.EXPIRED, act.valid_until <= at),
        (Step.PENDING_VERIFICATION, at < starts_at(act)),
        (Step.CONFLICT, opposed),
        (Step.SUSPENDED, any(pause.from_at <= at < pause.until_at for pause in said.suspensions)),
        (Step.REPRESENTATION_LAPSED, not _authorised(said, act.voice, at, minor=minor)),
    )
    return next((step for step, fails in failed if fails), Step.OK)


def _revoked(acts: Iterable[Act], yes: Act, at: datetime) -> bool:
    return any(act.kind is Kind.REVOKED and _counts(act, at) and _order(act) > _order(yes) for act in acts)


def _counts(act: Act, at: datetime) -> bool:
    """Whether an act has started and is not void: a yes is void for every moment, a no from its annulment on."""
    if act.voided_at is not None and (act.kind.yes or act.voided_at <= at):
        return False
    return starts_at(act) <= at


def _last_of_each_voice(acts: Iterable[Act], at: datetime) -> dict[Voice, Act]:
    spoken = [act for act in acts if (act.kind.yes or act.kind.no) and _counts(act, at)]
    return {act.voice: act for act in sorted(spoken, key=_order)}


def _last_of(acts: Sequence[Act]) -> list[Act]:
    return [max(acts, key=_order)] if acts else []


def _order(act: Act) -> tuple[datetime, int]:
    return act.signed_at, act.seq


def authorised(speaker: Representation, at: datetime, *, minor: bool) -> bool:
    """Whether a representative may speak at a moment: by a fresh answer, a guardian for a minor only."""
    if speaker.kind is RepresentationKind.GUARDIAN and not minor:
        return False
    answers = [check for check in speaker.checks if check.checked_at <= at]
    return bool(answers) and answers[-1].allowed and at < answers[-1].checked_at + CHECK_HOLDS[speaker.kind]


def _authorised(said: Said, voice: Voice, at: datetime, *, minor: bool) -> bool:
    if voice is None:
        return True
    speaker = said.representations.get(voice)
    return speaker is not None and authorised(speaker, at, minor=minor)


def _is_guardian(said: Said, voice: Voice) -> bool:
    speaker = None if voice is None else said.representations.get(voice)
    return speaker is not None and speaker.kind is RepresentationKind.GUARDIAN
