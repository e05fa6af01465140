"""The log's checkpoints and hash tiles over HTTP, for everybody: they hold nothing but hashes (C2SP tlog-tiles; ACCESS-LOG 6).

Bundles of entries are not among them: entries are personal data, and go to auditors alone, in exports.
"""

import re
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from audit import proving
from audit.queries import sequence, witnessing
from audit.queries.readers import Reader, reading_as
from audit.tiles import LEVELS, WIDTH
from audit.tree import Place
from db.engine import Read
from web.problems import Kind, Problem
from web.services import services_of

CHECKPOINT_TYPE: Final = "text/plain; charset=utf-8"
TILE_TYPE: Final = "application/octet-stream"
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
"""A tile never changes, one that is not full neither: its name says its width."""
MOST_ROWS: Final = 8
"""Rows of tiles that a log can have."""
_NUMBER: Final = re.compile(r"(?:x[0-9]{3}/){0,4}[0-9]{3}")
_WIDTH: Final = re.compile(r"(.+)\.p/([1-9][0-9]{0,2})")

router = APIRouter(include_in_schema=False)


@router.get("/log/{log}/checkpoint")
def checkpoint(request: Request, log: int) -> Response:
    """Give the newest checkpoint of a log, with its witnesses' lines."""
    with services_of(request).database.read() as read, reading_as(read, Reader.AUDITOR):
        _signed(read, log)
        note = proving.newest_note(read, log)
    return Response(note, media_type=CHECKPOINT_TYPE)


@router.get("/log/{log}/tile/{row}/{rest:path}")
def tile(request: Request, log: int, row: int, rest: str) -> Response:
    """Give a tile of hashes; one beyond what was signed is not there."""
    first, width = _place(rest)
    if not 0 <= row < MOST_ROWS:
        raise Problem(Kind.NOT_FOUND)
    with services_of(request).database.read() as read, reading_as(read, Reader.AUDITOR):
        if first + width > _signed(read, log) >> LEVELS * row:
            raise Problem(Kind.NOT_FOUND)
        hashes = sequence.nodes_at(read, log, [Place(LEVELS * row, n) for n in range(first, first + width)])
    return Response(b"".join(hashes), media_type=TILE_TYPE, headers=FOR_EVER)


def _signed(read: Read, log: int) -> int:
    """Say how many events of a log are signed; a log without any is not there."""
    size = witnessing.newest_size(read, log)
    if size == 0:
        raise Problem(Kind.NOT_FOUND)
    return size


def _place(rest: str) -> tuple[int, int]:
    """Read ``x001/x234/067`` or ``067.p/12``: the first of a tile's hashes, and how many; anything else is not there."""
    cut = _WIDTH.fullmatch(rest)
    number, width = (cut[1], int(cut[2])) if cut else (rest, WIDTH)
    if not _NUMBER.fullmatch(number) or width > WIDTH - (cut is not None):
        raise Problem(Kind.NOT_FOUND)
    return int(number.replace("x", "").replace("/", "")) * WIDTH, width
