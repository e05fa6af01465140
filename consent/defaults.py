"""The statutes a Luukku begins with: our reading of the law (DOMAIN.md 8.1, 8.2).

No authority has confirmed it yet: every row is unverified, and says so wherever it is used (AMENDMENTS 23).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from consent import queries
from consent.registry import By
from consent.terms import StatuteTerms, enact
from db.engine import Transaction
from db.ids import uuid7
from schemas.vocabulary import Category, PartyKind, Purpose, Source, TaskGround, Text

APPROVED_BY = ("default", "unverified")
"""Stands for the two approvers until an authority puts its own."""
CONTROLLER_KIND = {Source.TE: PartyKind.KEHA, Source.KELA: PartyKind.KELA, Source.SOTE: PartyKind.COUNTY}
"""Who holds the data of a source."""


class _Right(NamedTuple):
    """A reading of the law: for which purpose and on which task it opens which categories."""

    key: str
    law_ref: str
    text: Text
    purpose: Purpose
    task_ground: TaskGround
    categories: frozenset[Category]


_OPEN_TE = frozenset(category for category in Category if category.source is Source.TE and not category.special)
_OPEN_KELA = frozenset({Category.KELA_ETUUSJAKSO, Category.KELA_PAIVALASKURI})
_JOINT_SOTE = frozenset(
    {
        Category.SOTE_ASIAKASSUHDE,
        Category.SOTE_PALVELUTARVE,
        Category.SOTE_SUUNNITELMA,
        Category.SOTE_YHTEYSHENKILO,
    }
)

RIGHTS = (
    _Right(
        "STATUTE_TYO",
        "380/2023; 906/2019 22 §",
        Text(
            "Työvoimaviranomaisella on oikeus tietoon, jota se tarvitsee työvoimapalveluiden järjestämiseen.",
            "Arbetskraftsmyndigheten har rätt till uppgifter som den behöver för att ordna arbetskraftsservice.",
            "The employment authority has a right to what it needs to arrange employment services.",
        ),
        Purpose.TYO,
        TaskGround.AREA,
        _OPEN_TE | _OPEN_KELA,
    ),
    _Right(
        "STATUTE_TYM",
        "381/2023",
        Text(
            "Monialaisen tuen osapuolilla on oikeus yhteisen tehtävän kannalta välttämättömään tietoon.",
            "Parterna i sektorsövergripande stöd har rätt till uppgifter som är nödvändiga för den gemensamma uppgiften.",
            "The parties of joint support have a right to what their joint task requires.",
        ),
        Purpose.TYM,
        TaskGround.TYM,
        frozenset(category for category in Category if category.source is not Source.SOTE) | _JOINT_SOTE,
    ),
    _Right(
        "STATUTE_SHARE",
        "1290/2002",
        Text(
            "Rahoittavalla kunnalla on oikeus tietoon, jonka perusteella sen osuus työttömyysetuudesta määräytyy.",
            "Den finansierande kommunen har rätt till de uppgifter som dess andel av arbetslöshetsförmånen grundar sig på.",
            "The financing municipality has a right to what its share of the unemployment benefit is based on.",
        ),
        Purpose.KUNTAOSUUS,
        TaskGround.FINANCING,
        frozenset({Category.KELA_ETUUSJAKSO}),
    ),
)


def statutes(*, valid_from: datetime) -> Iterator[StatuteTerms]:
    """Yield our reading of the law, a row a right and kind of controller, in force from ``valid_from``."""
    for right in RIGHTS:
        for source, kind in CONTROLLER_KIND.items():
            if categories := _of(source, right.categories):
                yield StatuteTerms(
                    statute_id=uuid7(valid_from),
                    key=right.key,
                    law_ref=right.law_ref,
                    text=right.text,
                    verified=False,
                    controller_kind=kind,
                    categories=categories,
                    recipient_kind=PartyKind.EMPLOYMENT_AUTHORITY,
                    purpose=right.purpose,
                    task_ground=right.task_ground,
                    approved_by=APPROVED_BY,
                    valid_from=valid_from,
                )


def establish(tx: Transaction, *, by: By, at: datetime, valid_from: datetime) -> None:
    """Enact what is wanting of these statutes; run again, it adds nothing."""
    enacted = {(row.key, row.controller_kind) for row in queries.register(tx).statutes}
    for statute in statutes(valid_from=valid_from):
        if (statute.key, statute.controller_kind) not in enacted:
            enact(tx, statute, by=by, at=at)


def _of(source: Source, categories: Iterable[Category]) -> tuple[str, ...]:
    return tuple(sorted(category for category in categories if category.source is source))
