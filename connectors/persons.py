"""From HETU to person: found by its keyed hash, kept encrypted, with history; no run joins two known people (PIPELINE.md 6)."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np
import polars as pl

from connectors.ahead import ENCRYPTED_AT_ONCE
from connectors.frames import HETU
from connectors.layout import hetu_context
from connectors.queries import people as stored
from db.engine import Read, Transaction
from db.ids import DIGITS, NIL
from db.keys import Keyring, Use
from schemas.identifiers import Hetu

_ID_BYTES: Final = 16
HASH: Final = "hetu_hash"
PERSON: Final = "person_id"
TABLES: Final = ("person", "identity")
"""The tables of staging that `made` gives rows for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """That one HETU replaced another: `until_on` is the former's last day where told, `told_by` the jobseeker's id where TE told it."""

    current: str
    former: str
    until_on: date | None
    told_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Whom the HETUs lead to: columns ``hetu`` and ``person_id``, null where that is in conflict.

    `new` are the HETUs to be written (``hetu``, ``hetu_hash``, ``person_id``, ``until_on``), `fresh` the people to be made, `changed`
    people known before who got another HETU, `conflicts` the `told_by` of links that would join two people.
    """

    people: pl.DataFrame
    new: pl.DataFrame
    fresh: pl.Series
    changed: tuple[UUID, ...]
    conflicts: frozenset[str]


def hetus(read: Read, person_ids: Iterable[UUID]) -> Iterator[tuple[UUID, Hetu]]:
    """Yield the HETU in use of each person, decrypted: for a request body and nothing else."""
    for person_id, encrypted in stored.current_hetus(read, person_ids=person_ids):
        text = read.keyring.decrypt_packed(Use.IDENTITY_ENCRYPTION, encrypted, context=hetu_context(str(person_id)))
        # Whether real people are let in was decided where the code came in.
        yield person_id, Hetu.parse(text.decode(), artificial_only=False)


def link(tx: Transaction, *, hetus: pl.Series, links: Sequence[Link], at: datetime) -> Linked:
    """Find the person of each HETU and name those who are new, for `made` to make; until this transaction ends nobody else makes people.

    A HETU that replaced another leads to the same person. Where both lead to people already, or several jobseekers claim one, nothing
    is joined: the links are in `conflicts` and a HETU that nobody had is left without a person.
    """
    every = pl.concat(
        [hetus, pl.Series([each for link in links for each in (link.current, link.former)], dtype=pl.String)]
    )
    known = _known(tx, every.unique())
    groups = _groups(links, known)
    joined = [group for group in groups if not group.conflicting]
    fresh = _fresh(known, groups)
    whole = known.join(fresh, on=HETU, how="left").with_columns(pl.coalesce(PERSON, "fresh").alias(PERSON))
    written = whole.filter(pl.col("fresh").is_not_null())
    known_people = [person for group in groups for person in group.people]
    return Linked(
        people=whole.select(HETU, PERSON),
        new=_ending(written.select(HETU, HASH, PERSON), _last_days(joined, at.date())),
        fresh=written[PERSON].filter(~written[PERSON].is_in(known_people)).unique(),
        changed=_changed(tx, joined, at.date()),
        conflicts=frozenset(each.told_by for group in groups if group.conflicting for each in group.links),
    )


def made(keyring: Keyring, linked: Linked, *, told_by: str, at: datetime) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the tables and rows that make whom `link` found to be new, HETUs encrypted, a few at a time; `told_by` is the source."""
    yield "person", pl.DataFrame({PERSON: linked.fresh.sort()}).with_columns(pl.lit(at).alias("known_at"))
    contexts = pl.concat_str(pl.lit(hetu_context("").decode()), PERSON)
    for new in linked.new.sort(PERSON).iter_slices(ENCRYPTED_AT_ONCE):
        pairs = new.select(pl.col(HETU).cast(pl.Binary), contexts.cast(pl.Binary).alias("context"))
        values = zip(pairs[HETU].to_list(), pairs["context"].to_list(), strict=True)
        boxes = keyring.encrypt_many_packed(Use.IDENTITY_ENCRYPTION, values)
        identities = new.select(
            HASH,
            pl.lit(keyring.key_ids(Use.IDENTITY_HASH)[0]).alias("hash_key_id"),
            PERSON,
            pl.Series(HETU, boxes, dtype=pl.Binary),
            "until_on",
            pl.lit(told_by).alias("told_by"),
            pl.lit(at).alias("recorded_at"),
        )
        yield "identity", identities


def _known(tx: Transaction, hetus: pl.Series) -> pl.DataFrame:
    """Look every HETU up under each live key; when some are new, again with the door closed to others who make people."""
    asked = _hashed(tx.keyring, hetus)
    known = _looked_up(tx, asked)
    new = known[PERSON].is_null()
    if not new.any():
        return known
    stored.lock(tx, which=stored.NEW_PEOPLE)
    return pl.concat([known.filter(~new), _looked_up(tx, asked.filter(new))])


def _hashed(keyring: Keyring, hetus: pl.Series) -> pl.DataFrame:
    texts = hetus.to_list()
    hashes = {
        key_id: [keyring.keyed_hash(Use.IDENTITY_HASH, text.encode(), key_id=key_id) for text in texts]
        for key_id in keyring.key_ids(Use.IDENTITY_HASH)[1:]
    }
    current = keyring.hash_many(Use.IDENTITY_HASH, texts)
    return pl.DataFrame(
        {HETU: hetus, HASH: current, **hashes}, schema_overrides=dict.fromkeys((HASH, *hashes), pl.Binary)
    )


def _looked_up(tx: Transaction, asked: pl.DataFrame) -> pl.DataFrame:
    hash_columns = [column for column in asked.columns if column != HETU]
    everything = asked.unpivot(on=hash_columns, index=HETU, value_name="any_hash")
    people = stored.found(tx, hashes=everything["any_hash"])
    hit = everything.join(people, left_on="any_hash", right_on=HASH, how="inner").select(HETU, PERSON, "any_hash")
    first = hit.unique(subset=HETU, keep="first")
    return asked.select(HETU, HASH).join(first, on=HETU, how="left", maintain_order="left")


@dataclass(frozen=True, slots=True)
class _Group:
    """HETUs that links say are one person's, with the hash and person of each that is known."""

    hetus: Mapping[str, tuple[bytes, str] | None]
    links: tuple[Link, ...]

    @property
    def people(self) -> set[str]:
        """The people they lead to already."""
        return {known[1] for known in self.hetus.values() if known}

    @property
    def conflicting(self) -> bool:
        """Whether following the links would join two people, or two jobseekers of different HETUs."""
        claims = {each.told_by: each.current for each in self.links if each.told_by}
        return len(self.people) > 1 or len(set(claims.values())) > 1

    @property
    def unknown(self) -> list[str]:
        """The HETUs that lead nowhere yet."""
        return [hetu for hetu, known in self.hetus.items() if known is None]


def _groups(links: Sequence[Link], known: pl.DataFrame) -> list[_Group]:
    """Gather links that touch one another; they are few."""
    group_of: dict[str, int] = {}
    members: dict[int, set[str]] = {}
    for number, each in enumerate(links):
        touched = {group_of[hetu] for hetu in (each.current, each.former) if hetu in group_of}
        members[number] = {each.current, each.former}.union(*(members.pop(other) for other in touched))
        group_of.update(dict.fromkeys(members[number], number))
    of_group: defaultdict[int, list[Link]] = defaultdict(list)
    for each in links:
        of_group[group_of[each.current]].append(each)
    leads = _leads(known, group_of)
    return [
        _Group({hetu: leads.get(hetu) for hetu in sorted(hetus)}, tuple(of_group[number]))
        for number, hetus in members.items()
    ]


def _leads(known: pl.DataFrame, hetus: Iterable[str]) -> dict[str, tuple[bytes, str]]:
    rows = known.filter(pl.col(HETU).is_in(list(hetus)) & pl.col(PERSON).is_not_null())
    return {hetu: (any_hash, person) for hetu, any_hash, person in rows.select(HETU, "any_hash", PERSON).iter_rows()}


def _fresh(known: pl.DataFrame, groups: Sequence[_Group]) -> pl.DataFrame:
    """Give a person to each HETU without one (column ``fresh``): that of its group, or a new one; none in a conflict."""
    unknown = known.filter(pl.col(PERSON).is_null())[HETU]
    in_group = [hetu for group in groups for hetu in group.hetus]
    alone = unknown.filter(~unknown.is_in(in_group)) if in_group else unknown
    new = pl.DataFrame({HETU: alone, "fresh": new_ids(len(alone))})
    of_groups = [row for group in groups if not group.conflicting for row in _of_group(group)]
    return pl.concat([new, pl.DataFrame(of_groups, schema=new.schema, orient="row")])


def _of_group(group: _Group) -> Iterator[tuple[str, str]]:
    person = next(iter(group.people), None) or new_ids(1)[0]
    for hetu in group.unknown:
        yield hetu, person


def new_ids(number: int) -> pl.Series:
    """Make random ids (RFC 9562, version 4): they tell nothing, not even when a person became known."""
    raw = np.frombuffer(os.urandom(_ID_BYTES * number), dtype=np.uint8).reshape(number, _ID_BYTES).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    laid = np.full((number, len(NIL)), ord("-"), dtype=np.uint8)
    laid[:, DIGITS] = np.frombuffer(raw.tobytes().hex().encode(), dtype=np.uint8).reshape(number, 2 * _ID_BYTES)
    text = laid.tobytes().decode()
    return pl.Series([text[at : at + len(NIL)] for at in range(0, len(text), len(NIL))], dtype=pl.String)


def _last_days(groups: Sequence[_Group], today: date) -> Mapping[str, date]:
    """Give the last day of each replaced HETU: as told, else the day before we learned of it."""
    yesterday = today - timedelta(days=1)
    return {each.former: each.until_on or yesterday for group in groups for each in group.links}


def _ending(new: pl.DataFrame, last_days: Mapping[str, date]) -> pl.DataFrame:
    ends = pl.Series("until_on", [last_days.get(hetu) for hetu in new[HETU]], dtype=pl.Date)
    return new.with_columns(ends)


def _changed(tx: Transaction, groups: Sequence[_Group], today: date) -> tuple[UUID, ...]:
    """Write the last days of HETUs that were in use until now; name the people known before whose HETUs are others than they were."""
    last_days = _last_days(groups, today)
    ended = {
        known[1]
        for group in groups
        for hetu, known in group.hetus.items()
        if known and hetu in last_days and stored.end_hetu(tx, hetu_hash=known[0], until=last_days[hetu])
    }
    grown = {person for group in groups if group.unknown for person in group.people}
    return tuple(sorted(map(UUID, ended | grown)))
