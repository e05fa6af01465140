"""Data Docs: what the suites found, as pages for people, without a personal value and without an address outside."""

# ruff: noqa: PLC0415 - Great Expectations takes seconds to import, see judge

from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any, Final

SHEET_NAME: Final = "docs.css"
POLICY: Final = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
_OUTSIDE: Final = ("http:", "https:", "//")
_LEFT_OUT: Final = frozenset({"script", "style"})
_ADDRESS_OF: Final = {"link": "href", "img": "src", "a": "href"}


def sheet() -> str:
    """Give the one style sheet that stands beside the pages."""
    return files(__package__).joinpath(SHEET_NAME).read_text(encoding="utf-8")


def summed(results: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Add up the results of one suite over several groups: counts of rows and of broken ones, expectation by expectation."""
    first, *others = results
    total = deepcopy(dict(first))
    for result in others:
        for into, more in zip(total["results"], result["results"], strict=True):
            into["success"] = into["success"] and more["success"]
            _add(into["result"], more["result"])
    broken = Counter(each["success"] for each in total["results"])
    total["success"] = not broken[False]
    total["statistics"] = {
        "evaluated_expectations": broken.total(),
        "successful_expectations": broken[True],
        "unsuccessful_expectations": broken[False],
        "success_percent": 100 * broken[True] / broken.total() if broken else None,
    }
    return total


def _add(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name in ("element_count", "unexpected_count", "missing_count"):
        into[name] = into.get(name, 0) + more.get(name, 0)
    share = 100 * into["unexpected_count"] / into["element_count"] if into["element_count"] else 0.0
    into.update(unexpected_percent=share, unexpected_percent_total=share, unexpected_percent_nonmissing=share)


def page(result: Mapping[str, Any]) -> str:
    """Render a result as Great Expectations does, with all its content and nothing from elsewhere."""
    from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    loaded = expectationSuiteValidationResultSchema.load(deepcopy(dict(result)))
    inside = _Inside()
    view: Any = DefaultJinjaPageView()
    inside.feed(view.render(ValidationResultsPageRenderer().render(loaded)))
    inside.close()
    return "".join(inside.kept)


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
