"""A look at a person as one sentence, in the language asked for (ACCESS-LOG 8)."""

from collections.abc import Mapping, Sequence
from typing import Final

from audit.queries.search import Found
from consent.queries import then
from db.engine import Read
from schemas.vocabulary import Text
from web.lines import Line, lines
from web.pages.languages import Language
from web.pages.words import Words
from web.steward import offices

READ: Final = Text(
    "{org} sai tietojasi: {kinds}. Tarkoitus: {purpose}. Peruste: {why}",
    "{org} fick uppgifter om dig: {kinds}. Ändamål: {purpose}. Grund: {why}",
    "{org} received data about you: {kinds}. Purpose: {purpose}. Ground: {why}",
)
WITHHELD: Final = Text(
    "{org} pyysi tietojasi: {kinds}. Niitä ei annettu: {why}",
    "{org} begärde uppgifter om dig: {kinds}. De lämnades inte ut: {why}",
    "{org} asked for data about you: {kinds}. It was not given: {why}",
)
NOTHING: Final = Text("Tietoja ei ollut.", "Det fanns inga uppgifter.", "There was none.")
"""Why nothing was given where nobody held any, so that nothing was decided."""
OTHER: Final = "{org}: {title}"
US: Final = "Luukku"
"""Who looked where no organisation did: one of our own processes, or an auditor of ours."""
_DISCLOSED: Final = "disclosure.read", "disclosure.exported"


def usages(read: Read, found: Sequence[Found], language: Language) -> list[Mapping[str, object]]:
    """Put looks into the members that the Data Tracker names."""
    words = Words(language)
    names = offices.names(read, language)
    return [_usage(line, words) for line in lines(found, words, names, doubted=then.doubted(read))]


def _usage(line: Line, words: Words) -> Mapping[str, object]:
    return {
        "logtime": line.entry.sealed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "action": _action(line, words),
        "receiverCode": line.entry.org or US,
        "receiverName": line.org or US,
        "receiverSystem": line.system or line.role or US,
    }


def _action(line: Line, words: Words) -> str:
    """Say what was received and what was asked for and not given; of any other look, what it was."""
    if line.entry.type.value not in _DISCLOSED:
        return OTHER.format(org=line.org or US, title=line.title)
    said = []
    if line.given:
        given = words.of(READ)
        said.append(given.format(org=line.org, kinds=line.given, purpose=line.purpose, why=line.ground))
    withheld = [kind for kind in line.kinds if kind.held and not kind.given]
    if withheld or not said:
        kinds = ", ".join(kind.name for kind in withheld or line.kinds)
        why = " ".join(dict.fromkeys(kind.reason for kind in withheld)) or words.of(NOTHING)
        said.append(words.of(WITHHELD).format(org=line.org, kinds=kinds, why=why))
    return " ".join(said)
