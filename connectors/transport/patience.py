"""How often and how long one batch waits for its source (PIPELINE.md 7), and how many bytes it takes of it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from connectors.errors import PageRefused, SourceDown, Transient
from connectors.limits import ANSWER_BYTES

WAITS_S: Final = (1.0, 4.0, 16.0)
RETRY_AFTER_MAX_S: Final = 120.0
BATCH_RETRIES: Final = 20
_STEPS: Final = 1 << 20


def full_jitter() -> float:
    """Give a part of the longest wait, evenly from 0 up to 1, so that many workers do not come back as one."""
    return secrets.randbelow(_STEPS) / _STEPS


@dataclass(slots=True, kw_only=True)
class Patience:
    """What is left to one batch: 20 retries and 4 GiB; it counts down, so each batch has its own."""

    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = full_jitter
    retries: int = BATCH_RETRIES
    octets: int = field(default=ANSWER_BYTES)

    def wait(self, attempt: int, error: Transient) -> None:
        """Wait before the next try of a page, after attempt 0, 1 or 2: up to 1, 4 or 16 s, or as long as the source asks.

        Raises SourceDown when the page or the batch has no try left, or the source asks for more than 120 s.
        """
        if attempt >= len(WAITS_S) or self.retries == 0:
            raise SourceDown(f"The source did not recover within its retries: {error}") from None
        if error.retry_after is not None and error.retry_after > RETRY_AFTER_MAX_S:
            raise SourceDown(f"The source asks to be left alone for {error.retry_after:.0f} s: {error}") from None
        self.retries -= 1
        self.sleep(WAITS_S[attempt] * self.jitter() if error.retry_after is None else error.retry_after)

    def take(self, octets: int) -> None:
        """Count what was received. Raises PageRefused beyond 4 GiB."""
        self.octets -= octets
        if self.octets < 0:
            raise PageRefused("The whole answer is larger than 4 GiB.")
