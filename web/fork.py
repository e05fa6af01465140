"""Where the ways of machines and of browsers part: by the first part of the address."""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

MACHINES: Final = ("/v1", "/oauth", "/.well-known", "/healthz", "/readyz", "/metrics", "/log", "/docs", "/receipts")
"""First parts of the addresses that are not pages."""


@dataclass(frozen=True, slots=True)
class Fork:
    """Sends machines on to the API and browsers to the pages."""

    app: ASGIApp
    pages: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose by the first part of the path."""
        machine = scope["type"] != "http" or _is_of_a_machine(scope["path"])
        await (self.app if machine else self.pages)(scope, receive, send)


def _is_of_a_machine(path: str) -> bool:
    return any(path == part or path.startswith(f"{part}/") for part in MACHINES)
