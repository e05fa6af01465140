"""The one door to the XML parser: no DTD, no entities, no network, no huge trees, and the charset known before the first tag."""

import codecs
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from lxml import etree

from connectors.charset import decodes
from connectors.errors import PageRefused

Element = etree._Element  # noqa: SLF001 - lxml gives its element type no public name

_DECLARATION: Final = re.compile(r"\s*<\?xml\s[^>]*?\?>")
_ENCODING: Final = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSETS: Final = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1", "iso8859-15", "cp1252"}
)
_DECLARED_BYTES: Final = 200


class NotWellFormed(ValueError):
    """A document the parser cannot read; the message names a place in it, never its text."""


def utf8(body: bytes, charset: str | None = None) -> bytes:
    """Give a document as UTF-8 without byte order mark; `charset` is the content type's. UTF-8 itself stays as it is, uncopied.

    What is said of the charset must agree and every byte must decode: a wrong one would otherwise pass as an answer without rows.
    Raises PageRefused.
    """
    marked = next(((bom, name) for bom, name in _BOMS if body.startswith(bom)), None)
    bare = body if marked is None else body[len(marked[0]) :]
    declared = _declared(bare)
    encoding = _known(next(name for name in (marked and marked[1], charset, declared, "utf-8") if name))
    _refuse_two_charsets({encoding, *(_known(name) for name in (charset, declared) if name)})
    if encoding in {"utf-8", "ascii"}:
        if not decodes(bare, encoding) or b"\x00" in bare:
            raise PageRefused("The page is in another charset than it says.")
        return bare
    text = _strictly(bare, encoding)
    declaration = _DECLARATION.match(text)
    return text[declaration.end() if declaration else 0 :].encode()


def declaration_end(body: bytes) -> int:
    """Tell where the declaration of a UTF-8 document ends; 0 where it has none."""
    declaration = _DECLARATION.match(body[:_DECLARED_BYTES].decode("latin-1"))
    return declaration.end() if declaration else 0


def _declared(body: bytes) -> str | None:
    """Read the declaration's encoding; what is written in a charset beyond ASCII's says so by its mark or its content type."""
    start = body[:_DECLARED_BYTES].replace(b"\x00", b"").decode("latin-1")
    declaration = _DECLARATION.match(start)
    found = _ENCODING.search(declaration.group()) if declaration else None
    return found.group(1) if found else None


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        found = ""
    if found not in _CHARSETS:
        raise PageRefused("The page is in a charset that we do not read.")
    return found


def _strictly(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        raise PageRefused("The page is in another charset than it says.") from None


def _refuse_two_charsets(said: set[str]) -> None:
    families = {"utf-16" if name.startswith("utf-16") else "utf-8" if name == "ascii" else name for name in said}
    if len(families) > 1:
        raise PageRefused("The page says two things about its charset.")


def document(body: bytes) -> Element:
    """Parse a small document whole, given as UTF-8. Raises NotWellFormed, and PageRefused where there is a DTD."""
    refuse_dtd(body)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error) from None
    _refuse_internal_dtd(root)
    return root


def elements(body: bytes, tag: str) -> Iterator[Element]:
    """Yield each element of a tag as it ends, and free it afterwards: memory does not grow with the page.

    Raises NotWellFormed, and PageRefused where there is a DTD.
    """
    refuse_dtd(body)
    walk = etree.iterparse(
        BytesIO(body),
        events=("end",),
        tag=tag,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        for _, element in walk:
            _refuse_internal_dtd(element)
            yield element
            _free(element)
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error) from None


def without(body: bytes, tag: str) -> Element:
    """Parse a document and keep all but the elements of a tag. Raises as `elements`."""
    root = None
    for element in elements(body, tag):
        root = element.getroottree().getroot()
    return document(body) if root is None else root


def open_tags(head: bytes) -> tuple[str, ...]:
    """Name the elements that the beginning of a document leaves open, outermost first, with their prefixes. Raises NotWellFormed."""
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        parser.feed(head)
        events = [(event, _prefixed(element)) for event, element in parser.read_events()]
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error) from None
    opened: list[str] = []
    for event, name in events:
        opened.append(name) if event == "start" else opened.pop()
    return tuple(opened)


def _prefixed(element: Element) -> str:
    return f"{element.prefix}:{local(element)}" if element.prefix else local(element)


def refuse_dtd(body: bytes) -> None:
    """Refuse a document type before the parser sees it; before the root nothing else may hold the word but a comment."""
    root = re.search(rb"<[A-Za-z_]", body)
    if _DOCTYPE.search(body, 0, root.start() if root else len(body)):
        raise PageRefused("The page has a document type definition.")


def _refuse_internal_dtd(element: Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise PageRefused("The page has a document type definition.")


def _free(element: Element) -> None:
    """Empty an element that was read and let go of the one before it; what stands beside them stays."""
    element.clear()
    before, parent = element.getprevious(), element.getparent()
    if before is not None and parent is not None and before.tag == element.tag:
        parent.remove(before)


def _not_well_formed(error: etree.XMLSyntaxError) -> NotWellFormed:
    line, column = error.position
    return NotWellFormed(f"The document breaks off or is not well formed at line {line}, column {column}.")


def local(element: Element) -> str:
    """Give an element's name without its namespace."""
    return str(etree.QName(element).localname)


def text(element: Element) -> str:
    """Give an element's own text as sent; empty when it has none."""
    return element.text or ""


def source(element: Element) -> bytes:
    """Write an element as XML again, for keeping."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)
