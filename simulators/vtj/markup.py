"""XML written from nested names: the form in which the register's answers are also kept as JSON (reference/vtj)."""

from collections.abc import Mapping
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

Node: TypeAlias = str | Mapping[str, "Node"] | None


def blank(*names: str) -> dict[str, Node]:
    """Give elements without a value."""
    return dict.fromkeys(names)


def element(name: str, node: Node) -> str:
    """Write a node: ``@name`` is an attribute, ``#text`` the text beside attributes, None an empty element."""
    if not isinstance(node, Mapping):
        return f"<{name}>{escape(node)}</{name}>" if node else f"<{name}/>"
    attributes = "".join(f" {key[1:]}={quoteattr(str(value))}" for key, value in node.items() if key.startswith("@"))
    text = escape(str(node.get("#text", "")))
    inside = text + "".join(element(key, value) for key, value in node.items() if key[0] not in "@#")
    return f"<{name}{attributes}>{inside}</{name}>"
