"""A witness of logs (C2SP tlog-witness): it cosigns a checkpoint only when all it cosigned before is the beginning of it."""

import fcntl
import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final

from audit.checkpoint import Checkpoint, VerifierKey, opened, parted, to_base64, unbase64
from audit.cosignature import WitnessKey, cosigned
from audit.errors import BadNote
from audit.tree import EMPTY_ROOT, is_consistent

MAX_BODY_BYTES: Final = 16_384
MAX_PATH: Final = 63
SIZE: Final = "text/x.tlog.size"
TEXT: Final = "text/plain; charset=utf-8"
_OLD: Final = re.compile("old (0|[1-9][0-9]{0,15})")
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer over HTTP."""

    status: HTTPStatus
    body: str
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class Request:
    """What a log asks: from which size on, by which proof, to which signed checkpoint."""

    old: int
    path: list[bytes]
    note: str

    def __str__(self) -> str:
        return "\n".join([f"old {self.old}", *map(to_base64, self.path)]) + f"\n\n{self.note}"

    @classmethod
    def parse(cls, text: str) -> "Request":
        """Read a request. Raises ``BadNote``."""
        head, separator, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        old = _OLD.fullmatch(first)
        if not separator or old is None or len(lines) > MAX_PATH:
            raise BadNote("The request is not an old size, a proof, an empty line and a checkpoint.")
        return cls(int(old[1]), [unbase64(line) for line in lines], note)


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint that was cosigned; of a log that is new, nothing."""

    size: int = 0
    root: bytes = EMPTY_ROOT


class Witness:
    """Remembers of each log, in a folder, the newest checkpoint it cosigned; any number of threads and processes may ask."""

    def __init__(
        self, folder: Path, key: WitnessKey, sign: Callable[[bytes], bytes], logs: Collection[VerifierKey]
    ) -> None:
        self._folder = folder
        self._key = key
        self._sign = sign
        self._logs = logs

    def add_checkpoint(self, body: bytes, at: datetime) -> Reply:
        """Answer a log; what is cosigned is on the disk before it is told to anyone."""
        try:
            request = Request.parse(body.decode())
            text, _ = parted(request.note)
            origin = text.partition("\n")[0]
            keys = self._keys(origin)
            if not keys:
                return Reply(HTTPStatus.NOT_FOUND, "This witness does not know the log.\n")
            return self._judged(request, self._checkpoint(request.note, keys), at)
        except (BadNote, UnicodeDecodeError) as bad:
            return Reply(HTTPStatus.BAD_REQUEST, f"{bad}\n")
        except Unsigned:
            return Reply(HTTPStatus.FORBIDDEN, "No key that this witness trusts has signed the checkpoint.\n")

    def _keys(self, origin: str) -> list[VerifierKey]:
        """Return the trusted keys of a log; those of one year are those of every year, for a log lives a year."""
        series, _, year = origin.rpartition("/")
        return [
            VerifierKey(origin, key.public_key)
            for key in self._logs
            if key.name == origin or (year.isdigit() and key.name.rpartition("/")[0] == series)
        ]

    def _checkpoint(self, note: str, keys: list[VerifierKey]) -> Checkpoint:
        checkpoint = Checkpoint.parse(parted(note)[0])
        try:
            opened(note, keys)
        except BadNote:
            raise Unsigned from None
        return checkpoint

    def _judged(self, request: Request, checkpoint: Checkpoint, at: datetime) -> Reply:
        if request.old > checkpoint.size:
            return Reply(HTTPStatus.BAD_REQUEST, "The old size is above the checkpoint's.\n")
        path = self._path(checkpoint.origin)
        with self._alone():
            seen = _seen(path)
            refused = _refused(request, checkpoint, seen)
            if refused is not None:
                return refused
            line = cosigned(checkpoint, self._key, self._sign, at)
            _keep(path, request.note + line)
            return Reply(HTTPStatus.OK, line)

    def _path(self, origin: str) -> Path:
        return self._folder / f"{sha256(origin.encode()).hexdigest()}.checkpoint"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else compare or keep meanwhile; a lock of the file system holds between threads and processes."""
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Unsigned(Exception):
    """No trusted key has signed the checkpoint."""


def _refused(request: Request, checkpoint: Checkpoint, seen: Seen) -> Reply | None:
    if request.old != seen.size:
        return Reply(HTTPStatus.CONFLICT, f"{seen.size}\n", SIZE)
    if checkpoint.size == seen.size and checkpoint.root != seen.root:
        return Reply(HTTPStatus.CONFLICT, f"{seen.size}\n", SIZE)
    if not is_consistent(seen.size, seen.root, checkpoint.size, checkpoint.root, request.path):
        return Reply(HTTPStatus.UNPROCESSABLE_ENTITY, "The proof does not lead from what was cosigned to this.\n")
    return None


def _seen(path: Path) -> Seen:
    if not path.exists():
        return Seen()
    checkpoint = Checkpoint.parse(parted(path.read_text(encoding="utf-8"))[0])
    return Seen(checkpoint.size, checkpoint.root)


def _keep(path: Path, note: str) -> None:
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(note)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
