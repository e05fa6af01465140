"""Kela's elements read through the parser: any spelling of XML that means the same, at the parser's pace."""

from collections.abc import Iterator
from typing import NamedTuple

from connectors import xml
from connectors.errors import SourceChanged
from connectors.kela.wire import CLIENT, ERROR, GROUP_OF, HETU, PERSON_ERROR, PROTECTED, RESPONSE, qualified
from schemas import kela

Texts = tuple[str | None, ...]
_OUTSIDE = frozenset(map(qualified, ("vesileima", "sivu", CLIENT, PERSON_ERROR)))


class Row(NamedTuple):
    """A record as text: what it is, its fields in order, whose it is."""

    record: type
    texts: Texts
    hetu: str | None


class TwiceTold(ValueError):
    """A field that a record holds twice; the message is its path."""


def client(element: xml.Element) -> Iterator[Row]:
    """Read a client: the person first, then each record. Raises SourceChanged for an unknown element, TwiceTold."""
    known = {qualified(HETU): HETU, qualified(PROTECTED): PROTECTED}
    person = {known[str(child.tag)]: _leaf(child, CLIENT) for child in element if child.tag in known}
    hetu = person.get(HETU)
    yield Row(kela.Asiakas, (person.get(PROTECTED),), hetu)
    for child in element:
        if child.tag not in known:
            yield group(child, hetu)


def group(element: xml.Element, hetu: str | None) -> Row:
    """Read a record of a client. Raises SourceChanged, TwiceTold."""
    kind = GROUP_OF.get(str(element.tag))
    if kind is None:
        raise SourceChanged(f"{CLIENT}/{xml.local(element)}")
    texts = _texts(element, f"{CLIENT}/{kind.name}", kind.names)
    return Row(kind.record, tuple(texts.get(name) for name in kind.names), hetu)


def person_errors(content: xml.Element) -> Iterator[xml.Element]:
    """Yield what stands beside the clients: the persons Kela gives nothing for. Raises SourceChanged for anything unknown."""
    if content.tag != qualified(RESPONSE):
        raise SourceChanged(xml.local(content))
    for child in content:
        if child.tag not in _OUTSIDE:
            raise SourceChanged(f"{RESPONSE}/{xml.local(child)}")
        if child.tag == qualified(PERSON_ERROR):
            yield child


def person_error(element: xml.Element) -> Row:
    """Read a person Kela gives nothing for. Raises SourceChanged, TwiceTold."""
    texts = _texts(element, ERROR.name, (HETU, *ERROR.names))
    return Row(ERROR.record, tuple(texts.get(name) for name in ERROR.names), texts.get(HETU))


def _texts(element: xml.Element, path: str, names: tuple[str, ...]) -> dict[str, str | None]:
    known = {qualified(name): name for name in names}
    texts: dict[str, str | None] = {}
    for child in element:
        name = known.get(str(child.tag))
        if name is None:
            raise SourceChanged(f"{path}/{xml.local(child)}")
        if name in texts:
            raise TwiceTold(f"{path}/{name} is there twice")
        texts[name] = _leaf(child, path)
    return texts


def _leaf(element: xml.Element, path: str) -> str | None:
    """Give the text of a field; an empty element has no value."""
    if len(element):
        raise SourceChanged(f"{path}/{xml.local(element)}/{xml.local(element[0])}")
    return element.text or None
