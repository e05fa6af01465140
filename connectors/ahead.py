"""Work made ready in another thread while the work before it is done."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

ITEMS_AHEAD: Final = 2
_T = TypeVar("_T")


def ahead(items: Iterator[_T]) -> Iterator[_T]:
    """Make the next two items while this one is worked on: COPY waits for the server, decoding and encryption do not."""
    with ThreadPoolExecutor(max_workers=1) as maker:
        coming: deque[Future[_T | None]] = deque(maker.submit(next, items, None) for _ in range(ITEMS_AHEAD))
        while (item := coming.popleft().result()) is not None:
            coming.append(maker.submit(next, items, None))
            yield item
