"""Data Docs: what the suites found, as pages for people, without a personal value and without an address outside."""

# ruff: noqa: PLC0415 - Great Expectations takes seconds to import, see judge

from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final

from schemas.validation.judge import expectation_class
from schemas.validation.result import Result

SHEET_NAME: Final = "docs.css"
POLICY: Final = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
_OUTSIDE: Final = ("http:", "https:", "//")
_LEFT_OUT: Final = frozenset({"script", "style"})
_ADDRESS_OF: Final = {"link": "href", "img": "src", "a": "href"}


def sheet() -> str:
    """Give the one style sheet that stands beside the pages."""
    return files(__package__).joinpath(SHEET_NAME).read_text(encoding="utf-8")


def page(result: Result) -> str:
    """Render a result as Great Expectations does, with all its content and nothing from elsewhere."""
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer

    inside = _Inside()
    inside.feed(_view().render(ValidationResultsPageRenderer().render(_as_validated(result))))
    inside.close()
    return "".join(inside.kept)


@cache
def _view() -> Any:
    """Make the one view of all pages: it keeps the templates that it has read, and reading them takes longer than all else."""
    from great_expectations.render.view.view import DefaultJinjaPageView

    return DefaultJinjaPageView()


def _as_validated(result: Result) -> Any:
    """Give the result the form that Great Expectations renders."""
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    expectation_type = expectation_class().expectation_type
    each_found = [
        ExpectationValidationResult(
            success=not found.broken,
            expectation_config=ExpectationConfiguration(
                type=expectation_type,
                kwargs={"column": found.column},
                meta=dict(found.meta),
                description=found.sentence,
            ),
            result=_counts(result.rows, found.broken),
            exception_info={"raised_exception": False, "exception_traceback": None, "exception_message": None},
        )
        for found in result.found
    ]
    good = sum(not found.broken for found in result.found)
    return ExpectationSuiteValidationResult(
        success=good == len(result.found),
        results=each_found,
        suite_name=result.suite,
        statistics={
            "evaluated_expectations": len(result.found),
            "successful_expectations": good,
            "unsuccessful_expectations": len(result.found) - good,
            "success_percent": 100 * good / len(result.found) if result.found else None,
        },
        meta={"great_expectations_version": version("great_expectations")},
    )


def _counts(rows: int, broken: int) -> dict[str, float]:
    share = 100 * broken / rows if rows else 0.0
    return {
        "element_count": rows,
        "unexpected_count": broken,
        "unexpected_percent": share,
        "missing_count": 0,
        "missing_percent": 0.0,
        "unexpected_percent_total": share,
        "unexpected_percent_nonmissing": share,
    }


class _Inside(HTMLParser):
    """Copies a page, less every script, style and address outside; our sheet and policy stand first in its head."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._skipping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skipping = tag in _LEFT_OUT
        if self._skipping or _leads_outside(tag, dict(attrs)):
            return
        self.kept.append(self.get_starttag_text() or "")
        if tag == "head":
            self.kept.append(f'{POLICY}<link rel="stylesheet" href="{SHEET_NAME}">')

    def handle_endtag(self, tag: str) -> None:
        if tag not in _LEFT_OUT:
            self.kept.append(f"</{tag}>")
        self._skipping = False

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.kept.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.kept.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.kept.append(f"<!{decl}>")


def _leads_outside(tag: str, attributes: Mapping[str, str | None]) -> bool:
    return (attributes.get(_ADDRESS_OF.get(tag, "")) or "").startswith(_OUTSIDE)
