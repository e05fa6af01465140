"""Kela's elements in their plainest spelling, matched record by record without a tree.

The patterns accept a strict part of XML only: the contract's elements in its order, no attributes, no references, no empty elements.
What they match, the parser would read the same; whatever they do not match goes to the parser (`connectors.kela.records`).
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from connectors.kela.wire import CLIENT, GROUPS, HETU, PROTECTED, Element

_SPACE: Final = r"[ \t\r\n]*"
# No markup, no reference, no control character: nothing that a parser would resolve, normalise or refuse.
_VALUE: Final = "([^<>&\x00-\x1f\ufffe\uffff]+)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The patterns for one prefix: a client's beginning, each record, its end, and where a record that fits none of them may end."""

    opening: "re.Pattern[str]"
    groups: tuple[tuple[type, "re.Pattern[str]"], ...]
    closing: "re.Pattern[str]"
    group_edge: "re.Pattern[str]"
    client_edge: "re.Pattern[str]"
    group_name: "re.Pattern[str]"


@cache
def tokens(prefix: str) -> Tokens:
    """Make the patterns for a prefix, given with its colon."""
    p = re.escape(prefix)
    names = "|".join(group.name for group in GROUPS)
    person = _leaf(p, HETU, optional=False) + _leaf(p, PROTECTED, optional=False)
    return Tokens(
        opening=re.compile(f"{_SPACE}<{p}{CLIENT}>{_SPACE}{person}"),
        groups=tuple((group.record, re.compile(_group(p, group))) for group in GROUPS),
        closing=re.compile(f"</{p}{CLIENT}{_SPACE}>{_SPACE}"),
        group_edge=re.compile(rf"(?P<end></{p}(?:{names})\s*>)|<{p}(?:{names})[\s/>]|</?{p}{CLIENT}[\s/>]"),
        client_edge=re.compile(rf"(?P<end></{p}{CLIENT}\s*>)|<{p}{CLIENT}[\s/>]"),
        group_name=re.compile(rf"<{p}({names})\b"),
    )


def _group(p: str, group: Element) -> str:
    inside = "".join(_leaf(p, name, optional=optional) for name, optional in group.fields)
    return f"<{p}{group.name}>{_SPACE}{inside}</{p}{group.name}>{_SPACE}"


def _leaf(p: str, name: str, *, optional: bool) -> str:
    leaf = f"<{p}{name}>{_VALUE}</{p}{name}>{_SPACE}"
    return f"(?:{leaf})?" if optional else leaf
