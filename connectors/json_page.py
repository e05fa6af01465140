"""A page of JSON read by its contract: UTF-8 only, the shape checked to the field's path, elements taken apart one by one."""

import re
from typing import Final, TypeVar

import msgspec

from connectors.charset import decodes
from connectors.errors import PageRefused, ProviderBroken, SourceChanged, Transient
from connectors.limits import refuse_long_values

NULL: Final = msgspec.Raw(b"null")
_T = TypeVar("_T")
_AT: Final = re.compile(r"at `\$\.?(?P<path>[^`]*)`")
_FIELD: Final = re.compile(r"field `(?P<name>[^`]*)`")


def refuse_charset(body: bytes, charset: str | None) -> None:
    """See that a page is UTF-8, which JSON always is (RFC 8259 8.1), and that its content type says nothing else. Raises PageRefused."""
    if charset not in {None, "utf-8", "utf8"}:
        raise PageRefused("The page says it is not UTF-8, which JSON always is.")
    if not body[:4].isascii() or b"\x00" in body[:4] or not decodes(body, "utf-8"):
        raise PageRefused("The page is in another charset than it says.")


def refuse_media(media_type: str, allowed: frozenset[str]) -> None:
    """See that the page is of a type the contract names. Raises ProviderBroken."""
    if media_type not in allowed:
        raise ProviderBroken("The answer is of another content type than its contract names.")


def shaped(body: bytes, decoder: "msgspec.json.Decoder[_T]") -> _T:
    """Read a page into its shape. Raises Transient for half a page, SourceChanged with a path, PageRefused for no JSON or over a limit."""
    refuse_long_values(body, b'"')
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise SourceChanged(path_of(str(error))) from None
    except msgspec.DecodeError as error:
        if "truncated" in str(error):
            raise Transient("The page breaks off half way.") from None
        raise PageRefused("The page is not JSON.") from None
    except (RecursionError, UnicodeDecodeError):
        raise PageRefused("The page is nested too deep or holds broken text.") from None


def path_of(message: str) -> str:
    """Give the path that a validation message names; the message quotes no value, only names and types."""
    at, field = _AT.search(message), _FIELD.search(message)
    parts = [part for part in (at and at["path"], field and field["name"]) if part]
    return re.sub(r"\[\d+\]", "[]", ".".join(parts)) or "$"


def text_of(raw: msgspec.Raw) -> str | None:
    """Give a value as text: what a string holds, null as None, numbers and truth values as sent, the rest as compact JSON."""
    sent = bytes(raw)
    if sent == b"null":
        return None
    return msgspec.json.decode(sent, type=str) if sent.startswith(b'"') else compact(raw)


def compact(raw: msgspec.Raw) -> str | None:
    """Give a nested value as compact JSON text, None for null; what holds no space at all is compact as it was sent."""
    sent = bytes(raw)
    if sent == b"null":
        return None
    return (sent if len(sent.split(None, 1)) == 1 else msgspec.json.format(sent, indent=-1)).decode()
