"""Faults on an answer as it leaves: silence, cut connections, other charsets and shapes, and what a parser must refuse."""

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from simulators.faults.catalogue import Fault, FaultName
from simulators.wire import Answer
from simulators.xroad import new_id

SILENCE = 60.0
LEVELS = 100_000
LONG_VALUE = 2 * 1024 * 1024
OVERSIZED = 80 * 1024 * 1024
PIECE = 1024 * 1024
LAUGHS = 9
A_FILE = "file:///etc/hostname"


def strike(fault: Fault, answer: Answer) -> Answer:
    """Give the answer as the fault leaves it."""
    return _STRIKES[fault.name](fault, answer)


def _amount(fault: Fault, usual: int) -> int:
    return usual if fault.amount is None else int(fault.amount)


def _is_xml(answer: Answer) -> bool:
    return "xml" in answer.media_type


def _silence(fault: Fault, answer: Answer) -> Answer:
    return replace(answer, delay=SILENCE if fault.amount is None else fault.amount)


def _cut(_: Fault, answer: Answer) -> Answer:
    body = answer.whole
    return replace(answer, body=body, cut_after=len(body) // 2)


def _halve(_: Fault, answer: Answer) -> Answer:
    body = answer.whole
    return replace(answer, body=body[: len(body) // 2])


def _other_charset(fault: Fault, answer: Answer) -> Answer:
    text = _with_inserted(answer, b"<!--\xc3\xa4-->", b'"\xc3\xa4":null,').decode()
    if fault.detail == "utf-16":
        media_type = answer.media_type.partition(";")[0] + ";charset=utf-16"
        return replace(
            answer, media_type=media_type, body=text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
        )
    return replace(answer, body=text.encode("iso-8859-1", errors="replace"))


def _other_shape(fault: Fault, answer: Answer) -> Answer:
    old = (fault.detail or "versio").encode()
    new = b"uusi" + old.capitalize()
    pattern = rb"(</?)%s\b" % old if _is_xml(answer) else rb'(")%s(?=")' % old
    return replace(answer, body=re.sub(pattern, rb"\g<1>%s" % new, answer.whole))


def _other_message(_: Fault, answer: Answer) -> Answer:
    if _is_xml(answer):
        body = re.sub(rb"(<(?:\w+:)?id(?: [^>]*)?>)[^<]*(?=</)", rb"\g<1>%s" % new_id().encode(), answer.whole, count=1)
        return replace(answer, body=body)
    return answer.with_headers(("x-road-id", new_id()))


def _doctype(_: Fault, answer: Answer) -> Answer:
    return _with_doctype(answer, b"<!DOCTYPE vastaus>", b"")


def _entity_bomb(_: Fault, answer: Answer) -> Answer:
    nested = b"".join(b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, LAUGHS + 1))
    return _with_doctype(answer, b'<!DOCTYPE vastaus [<!ENTITY l0 "ha">%s]>' % nested, b"&l%d;" % LAUGHS)


def _external_entity(fault: Fault, answer: Answer) -> Answer:
    address = (fault.detail or A_FILE).encode()
    return _with_doctype(answer, b'<!DOCTYPE vastaus [<!ENTITY ulkoinen SYSTEM "%s">]>' % address, b"&ulkoinen;")


def _with_doctype(answer: Answer, doctype: bytes, reference: bytes) -> Answer:
    """Put a document type before the root and a reference into it; where JSON is due, XML comes instead."""
    if not _is_xml(answer):
        return replace(answer, body=b"%s<vastaus>%s</vastaus>" % (doctype, reference))
    body = _with_inserted(answer, reference, b"")
    declaration = re.match(rb"\s*(?:<\?xml[^>]*\?>)?", body)
    start = declaration.end() if declaration else 0
    return replace(answer, body=body[:start] + doctype + body[start:])


def _nest(fault: Fault, answer: Answer) -> Answer:
    levels = _amount(fault, LEVELS)
    xml = b"<a>" * levels + b"</a>" * levels
    return replace(answer, body=_with_inserted(answer, xml, b'"a":%s%s,' % (b"[" * levels, b"]" * levels)))


def _long_value(fault: Fault, answer: Answer) -> Answer:
    value = b"x" * _amount(fault, LONG_VALUE)
    return replace(answer, body=_with_inserted(answer, b"<a>%s</a>" % value, b'"a":"%s",' % value))


def _oversize(fault: Fault, answer: Answer) -> Answer:
    """Fill the page up with white space, in pieces, so that neither side need hold it."""
    body = answer.whole
    at = _inside(answer)
    return replace(answer, body=_filled(body[:at], _amount(fault, OVERSIZED), body[at:]))


def _filled(head: bytes, size: int, tail: bytes) -> Iterator[bytes]:
    yield head
    for _ in range(size // PIECE + 1):
        yield b" " * PIECE
    yield tail


def _gzip_bomb(fault: Fault, answer: Answer) -> Answer:
    swollen = b"".join(_oversize(fault, answer).chunks)
    return replace(answer, body=gzip.compress(swollen, mtime=0)).with_headers(("content-encoding", "gzip"))


def _inside(answer: Answer) -> int:
    """Find the place just inside the answer's outermost element that is the provider's own."""
    body = answer.whole
    if not _is_xml(answer):
        return body.index(b"{") + 1
    inner = re.search(rb"Body[^>]*>\s*<[^>/]*>|^(?:\s*<\?[^>]*\?>)?\s*<[^>?]*>", body)
    return inner.end() if inner else len(body)


def _with_inserted(answer: Answer, xml: bytes, json: bytes) -> bytes:
    body, at = answer.whole, _inside(answer)
    return body[:at] + (xml if _is_xml(answer) else json) + body[at:]


_STRIKES: dict[FaultName, Callable[[Fault, Answer], Answer]] = {
    FaultName.TIME_OUT: _silence,
    FaultName.CUT: _cut,
    FaultName.HALF_BODY: _halve,
    FaultName.WRONG_CHARSET: _other_charset,
    FaultName.CHANGED_SHAPE: _other_shape,
    FaultName.OTHER_MESSAGE: _other_message,
    FaultName.DOCTYPE: _doctype,
    FaultName.ENTITY_BOMB: _entity_bomb,
    FaultName.EXTERNAL_ENTITY: _external_entity,
    FaultName.DEEP_NESTING: _nest,
    FaultName.LONG_VALUE: _long_value,
    FaultName.OVERSIZED_PAGE: _oversize,
    FaultName.GZIP_BOMB: _gzip_bomb,
}
