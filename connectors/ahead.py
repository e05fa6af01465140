"""Work made ready in another thread while the work before it is done."""

import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

ITEMS_AHEAD: Final = 2
ENCRYPTED_AT_ONCE: Final = 10_000
"""Rows that are encrypted before the server is given the first of them: some 40 ms, in which it would wait for all the others too."""
TURN_S: Final = 0.0005
"""How long a thread may compute while another wants to go on: by the usual 5 ms a COPY would stand still ten times as long as it sends."""
_T = TypeVar("_T")


def ahead(items: Iterator[_T], *, number: int = ITEMS_AHEAD) -> Iterator[_T]:
    """Make the next items while this one is worked on: COPY waits for the server, decoding and encryption do not."""
    with _short_turns(), ThreadPoolExecutor(max_workers=1) as maker:
        coming: deque[Future[_T | None]] = deque(maker.submit(next, items, None) for _ in range(number))
        while (item := coming.popleft().result()) is not None:
            coming.append(maker.submit(next, items, None))
            yield item


@contextmanager
def _short_turns() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
