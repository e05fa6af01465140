"""Forms with a file: read once the sender is known, into memory and nowhere else, and no more of it than a page takes."""

from collections.abc import AsyncGenerator
from functools import partial
from typing import Final

import anyio
from anyio import from_thread
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.types import Receive, Scope

from web.pages.forms import MOST_FIELDS, BadForm, Form

MEDIA_TYPE: Final = b"multipart/form-data"
BESIDE: Final = 64 * 1024
"""Bytes of a form beside its file: the other fields, and what parts them."""
MOST_DRAINED: Final = 512 * 1024 * 1024
"""So many bytes too many are read and dropped, so that the browser comes to read why they were; of more the connection is cut."""
LONGEST_S: Final = 120


class TooLarge(Exception):
    """There was more than the page takes; none of it was kept."""


class _InMemory(MultiPartParser):
    """A parser that writes nothing to a disk: a scan shows who signed."""

    spool_max_size = 0


def is_upload(scope: Scope) -> bool:
    """Say whether a request carries a form with a file."""
    return any(name == b"content-type" and value.lower().startswith(MEDIA_TYPE) for name, value in scope["headers"])


def read(request: Request, *, most: int) -> Form:
    """Read a form of which the file may have ``most`` bytes, from the thread of a page; raises TooLarge or BadForm."""
    return from_thread.run(partial(_read, request.headers, request.receive, most + BESIDE))


async def _read(headers: Headers, receive: Receive, most: int) -> Form:
    length = headers.get("content-length", "0")
    room = 0 if length.isdecimal() and int(length) > most else most
    parser = _InMemory(headers, _parts(receive, room), max_files=1, max_fields=MOST_FIELDS)
    try:
        with anyio.fail_after(LONGEST_S):
            return _form(await parser.parse())
    except (MultiPartException, TimeoutError):
        raise BadForm from None


async def _parts(receive: Receive, most: int) -> AsyncGenerator[bytes]:
    """Yield a body's parts, or, once it turns out too large, read it to its end with nothing kept, and raise TooLarge."""
    size, more = 0, True
    while more and size <= most + MOST_DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadForm
        part = message.get("body", b"")
        size, more = size + len(part), message.get("more_body", False)
        if size <= most:
            yield part
    if size > most:
        raise TooLarge


def _form(sent: FormData) -> Form:
    fields: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            files[name] = value.file.read()
            value.file.close()
        else:
            fields.setdefault(name, []).append(value)
    return Form(fields, files)
