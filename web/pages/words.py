"""The words of the domain as pages write them: sources, categories, purposes, reasons."""

from dataclasses import dataclass

from consent.reasons import TEXTS as REASONS
from schemas.vocabulary import Category, Purpose, Reason, Source, Text
from schemas.words import CATEGORIES, PURPOSES, SOURCES
from web.pages.languages import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in one language."""

    language: Language

    def of(self, text: Text) -> str:
        """Pick the language of a text."""
        said: str = getattr(text, self.language.value)
        return said

    def source(self, code: str) -> str:
        """Name a source."""
        return self.of(SOURCES[Source(code)])

    def category(self, code: str) -> str:
        """Name a category."""
        return self.of(CATEGORIES[Category(code)])

    def purpose(self, code: str) -> str:
        """Name a purpose."""
        return self.of(PURPOSES[Purpose(code)])

    def reason(self, code: str) -> str:
        """Say a reason as a sentence."""
        return self.of(REASONS[Reason(code)])
