"""A small witness for a municipality to run: a key and what it saw in a folder, one address that logs send checkpoints to."""

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from audit.checkpoint import VerifierKey
from audit.cosignature import WitnessKey
from audit.errors import BadNote
from audit.witness import MAX_BODY_BYTES, Reply, Witness
from cli.settings import Refusal
from db.clock import now
from db.keys import signing

KEY: Final = "witness.key"
SEED_BYTES: Final = 32
PATIENCE_S: Final = 10
OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True)
class Own:
    """A witness's own key: its name and Ed25519 seed."""

    key: WitnessKey
    seed: bytes

    @classmethod
    def of(cls, folder: Path) -> "Own":
        """Read the key of a witness's folder. Raises Refusal."""
        path = folder / KEY
        if not path.exists():
            raise Refusal(f"There is no witness's key in {folder}; `./luukku witness new` makes one.")
        if path.stat().st_mode & OTHERS:
            raise Refusal(f"The witness's key in {folder} can be read by others; run `chmod 600 {path}`.")
        name, _, seed = path.read_text(encoding="utf-8").strip().partition(" ")
        return cls.made(name, bytes.fromhex(seed))

    @classmethod
    def made(cls, name: str, seed: bytes) -> "Own":
        """Put a name and a seed together."""
        return cls(WitnessKey(name, signing.public(seed)), seed)

    def sign(self, message: bytes) -> bytes:
        """Sign."""
        return signing.sign(self.seed, message)


def new(folder: Path, name: str) -> str:
    """Make a witness's folder and key; return the key that logs are told."""
    if not name or set(name) & set("+ \n"):
        raise Refusal("A witness's name has no plus sign, no space and no line feed.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    seed = secrets.token_bytes(SEED_BYTES)
    try:
        descriptor = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refusal(f"There is a witness's key in {folder} already.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(f"{name} {seed.hex()}\n")
        stream.flush()
        os.fsync(stream.fileno())
    return f"{Own.made(name, seed).key}\n"


def serve(folder: Path, logs: Sequence[str], host: str, port: int) -> None:
    """Answer logs until interrupted. Raises Refusal."""
    own = Own.of(folder)
    try:
        known = [VerifierKey.parse(text) for text in logs]
    except BadNote as bad:
        raise Refusal(str(bad)) from None
    with listening(Witness(folder, own.key, own.sign, known), host, port) as server:
        server.serve_forever()


def listening(witness: Witness, host: str, port: int, clock: Callable[[], datetime] = now) -> ThreadingHTTPServer:
    """Open the address."""

    class Handler(BaseHTTPRequestHandler):
        """One connection; nothing of it is written anywhere."""

        timeout = PATIENCE_S
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint" or not length.isdigit():
                self._reply(Reply(HTTPStatus.NOT_FOUND, "A witness is asked by POST /add-checkpoint.\n"))
            elif int(length) > MAX_BODY_BYTES:
                self._reply(Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too long.\n"))
            else:
                self._reply(witness.add_checkpoint(self.rfile.read(int(length)), clock()))

        def _reply(self, reply: Reply) -> None:
            body = reply.body.encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(body)))
            self.close_connection = True
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    return ThreadingHTTPServer((host, port), Handler)
