"""Drafts as changes of a snapshot: a rule put in the place of its former version, or a denial said by everybody looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from consent.bulk import Question, Snapshot
from consent.bulk.snapshot import DENIALS
from consent.model import Agreement, Denial, Register, Statute
from schemas.vocabulary import Category, Purpose


@dataclass(frozen=True, slots=True)
class AgreementDraft:
    """An agreement as it would be: new, ended, or with one more notice."""

    agreement: Agreement


@dataclass(frozen=True, slots=True)
class StatuteDraft:
    """A statute as we would read it: it takes the place of the row of its id and version, or is one more."""

    statute: Statute


@dataclass(frozen=True, slots=True)
class DenialDraft:
    """A denial as it would stand for each person looked at; its id means nothing."""

    denial: Denial


Draft = AgreementDraft | StatuteDraft | DenialDraft


def drafted(snapshot: Snapshot, draft: Draft) -> Snapshot:
    """Give the facts as they would be."""
    match draft:
        case AgreementDraft(agreement):
            others = (row for row in snapshot.register.agreements if row.agreement_id != agreement.agreement_id)
            return replace(snapshot, register=_register(snapshot.register, agreements=(*others, agreement)))
        case StatuteDraft(statute):
            place = (statute.statute_id, statute.version)
            rows = (row for row in snapshot.register.statutes if (row.statute_id, row.version) != place)
            return replace(snapshot, register=_register(snapshot.register, statutes=(*rows, statute)))
        case DenialDraft(denial):
            return replace(snapshot, denials=pl.concat([snapshot.denials, _said_by_all(snapshot, denial)]))


def _register(
    held: Register, *, agreements: tuple[Agreement, ...] | None = None, statutes: tuple[Statute, ...] | None = None
) -> Register:
    return Register(
        seq=held.seq,
        agreements=held.agreements if agreements is None else agreements,
        statutes=held.statutes if statutes is None else statutes,
        parties=held.parties,
    )


def _said_by_all(snapshot: Snapshot, denial: Denial) -> pl.DataFrame:
    scope = (denial.source, denial.controller, denial.category, denial.recipient, denial.purpose)
    row = (0, *scope, *denial.data, denial.allow_emergency, *denial.during)
    one = pl.DataFrame([row], schema=DENIALS, orient="row")
    people = pl.DataFrame({"person": pl.int_range(snapshot.people.height, dtype=pl.UInt32, eager=True)})
    return people.join(one.drop("person"), how="cross")


def questions(register: Register, draft: Draft) -> list[Question]:
    """List what the draft bears on: recipient, purpose, category and controller, each once."""
    match draft:
        case AgreementDraft(agreement):
            former = (row for row in register.agreements if row.agreement_id == agreement.agreement_id)
            found = {question for row in (*former, agreement) for question in _of_agreement(row)}
        case StatuteDraft(statute):
            found = set(_of_statute(register, statute))
        case DenialDraft(denial):
            found = {question for question in _all(register) if _matches(denial, question)}
    return sorted(found, key=lambda question: question[:4])


def _all(register: Register) -> Iterator[Question]:
    for agreement in register.agreements:
        yield from _of_agreement(agreement)
    for statute in register.statutes:
        yield from _of_statute(register, statute)


def _of_agreement(row: Agreement) -> Iterator[Question]:
    for category in row.categories:
        yield Question(row.recipient, row.purpose, category, row.controller)


def _of_statute(register: Register, row: Statute) -> Iterator[Question]:
    recipients = [party for party, kind in register.parties.items() if kind is row.recipient_kind]
    controllers = [party for party, kind in register.parties.items() if kind is row.controller_kind]
    for recipient in recipients:
        for controller in controllers:
            for category in row.categories & register.needs[Purpose(row.purpose)]:
                yield Question(recipient, row.purpose, category, controller)


def _matches(denial: Denial, question: Question) -> bool:
    named = (
        (denial.source, Category(question.category).source),
        (denial.controller, question.controller),
        (denial.category, question.category),
        (denial.recipient, question.recipient),
        (denial.purpose, question.purpose),
    )
    return question.controller != question.recipient and all(said in (None, asked) for said, asked in named)
