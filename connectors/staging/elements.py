"""Pages taken apart into the elements that a source repeats night after night, and put together again without those known already."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from typing import Final

import msgspec

from connectors.frames import Frame
from connectors.kela.cut import cut
from connectors.staging.digests import digests
from schemas.vocabulary import Source

DIGEST_BYTES: Final = 16
_HETU: Final = re.compile(rb"<(?:[\w.-]+:)?henkilotunnus>([^<]*)<")


class _List(msgspec.Struct):
    tiedot: list[msgspec.Raw]


_LIST: Final = msgspec.json.Decoder(_List)


Element = bytes | memoryview | msgspec.Raw
"""An element as it stands on its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A page taken apart: the bytes of its elements in order, what stands around and between them, and the digest of each."""

    source: Source
    frame: Frame
    bodies: Sequence[Element]
    digests: Sequence[bytes]
    head: bytes
    tail: bytes
    between: bytes

    def kept(self, places: Sequence[int]) -> Frame:
        """Give the page with the elements of these places alone; with all of them it is as it came."""
        if len(places) == len(self.bodies):
            return self.frame
        body = b"".join((self.head, self.between.join(self.bodies[place] for place in places), self.tail))
        return replace(self.frame, body=body)

    def names(self, places: Sequence[int]) -> list[str]:
        """Say what the rows of kept elements are known by once the page is parsed: TE's by locator, Kela's by HETU."""
        if self.source is Source.TE:
            return list(islice(self.frame.locators(), len(places)))
        return [_hetu(self.bodies[place]) for place in places]


def taken(source: Source, frame: Frame) -> Taken | None:
    """Take a page apart; None where that cannot be done without reading it: then it is parsed whole."""
    return _of_list(frame) if source is Source.TE else _of_clients(frame)


def _of_list(frame: Frame) -> Taken | None:
    try:
        bodies = _LIST.decode(frame.body).tiedot
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return Taken(
        source=Source.TE,
        frame=frame,
        bodies=bodies,
        digests=digests(blake2b(digest_size=DIGEST_BYTES), bodies),
        head=b'{"tiedot":[',
        tail=b"]}",
        between=b",",
    )


def _of_clients(frame: Frame) -> Taken | None:
    page = cut(frame.body)
    clients = [] if page.whole else list(page.each())
    if page.whole or sum(map(len, clients)) != page.end - page.start:
        return None
    return Taken(
        source=Source.KELA,
        frame=frame,
        bodies=clients,
        digests=digests(blake2b(digest_size=DIGEST_BYTES), clients),
        head=page.head,
        tail=page.tail,
        between=b"",
    )


def _hetu(client: Element) -> str:
    found = _HETU.search(client)
    return found.group(1).decode(errors="replace") if found else ""
