"""The texts of the pages: one catalogue a page, each message in three languages side by side."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from web.pages.languages import Language

FOLDER: Final = Path(__file__).parents[1] / "texts"
COMMON: Final = "common"

Catalogue = Mapping[str, Mapping[str, str]]
"""Message by key, then by language."""


@cache
def catalogue(name: str) -> Catalogue:
    """Read a catalogue: ``[key]`` with ``fi``, ``sv`` and ``en``."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Texts:
    """The messages of one page in one language, those common to all pages beside them."""

    name: str
    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """Give a message with its placeholders filled; raises KeyError for one that is not there."""
        found = catalogue(self.name).get(key) or catalogue(COMMON)[key]
        return found[self.language].format(**values)
