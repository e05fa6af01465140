"""Faults on demand, by name: planned through this object or the control endpoint, each struck as often as asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from simulators.broken import Broken
from simulators.faults import answers, pages
from simulators.faults.catalogue import Fault, FaultName, Stage
from simulators.wire import Answer, Page, Shape
from simulators.xroad import XRoadError

__all__ = ["Fault", "FaultName", "Faults", "Refuse"]

AN_XROAD_ERROR = "server.serverproxy.internal_error"
ELSEWHERE = "https://sisainen.invalid/toisaalla"
STATUSES = {
    FaultName.TOO_MANY_REQUESTS: 429,
    FaultName.MAINTENANCE: 503,
    FaultName.SERVER_ERROR: 500,
    FaultName.FORBIDDEN: 403,
    FaultName.GONE: 410,
}
WAITED_FOR = {FaultName.TOO_MANY_REQUESTS, FaultName.MAINTENANCE}

Refuse = Callable[[int], Answer]


@dataclass(slots=True)
class _Planned:
    """A fault and how far it has come."""

    fault: Fault
    to_skip: int
    left: int | None
    lists: dict[str, pages.Followed] = field(default_factory=dict)

    def strikes(self) -> bool:
        """Count one call; say whether this one is struck."""
        if self.to_skip:
            self.to_skip -= 1
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The faults now planned; asked by the security server around each call, by the providers for each page."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._lock = Lock()

    def plan(self, fault: Fault) -> None:
        """Add a fault; ValueError for a kind of broken row that there is not."""
        if fault.name is FaultName.BROKEN_ROWS:
            Broken(fault.detail)
        self._planned.append(_Planned(fault, fault.skip, fault.times))

    def clear(self) -> None:
        """Forget all faults."""
        self._planned.clear()

    @property
    def pending(self) -> list[Fault]:
        """Give the faults that will still strike."""
        return [planned.fault for planned in self._planned if planned.left != 0]

    def before(self, source: str, path: str, refuse: Refuse) -> Answer | None:
        """Give an answer in place of the provider's, in the form `refuse` gives it, or raise the X-Road error asked for."""
        for planned in self._struck(Stage.CALL, source, path):
            return _refusal(planned.fault, refuse)
        return None

    def after(self, source: str, path: str, answer: Answer) -> Answer:
        """Give the answer that reaches the consumer."""
        for planned in self._struck(Stage.ANSWER, source, path):
            answer = answers.strike(planned.fault, answer)
        return answer

    def shape(self, source: str) -> Shape:
        """Give what a provider passes each of its pages through."""

        def shaped(page: Page) -> Page:
            for planned in self._struck(Stage.PAGE, source, page.listing):
                followed = planned.lists.setdefault(f"{source} {page.listing}", pages.Followed())
                page = pages.strike(planned.fault, page, followed)
            return page

        return shaped

    def _struck(self, stage: Stage, source: str, path: str) -> list[_Planned]:
        with self._lock:
            waiting = [
                planned
                for planned in self._planned
                if planned.left != 0 and planned.fault.name.stage is stage and planned.fault.concerns(source, path)
            ]
            return [planned for planned in waiting if planned.strikes()]


def _refusal(fault: Fault, refuse: Refuse) -> Answer:
    if fault.name is FaultName.XROAD_ERROR:
        raise XRoadError(fault.detail or AN_XROAD_ERROR, "Asked for as a fault")
    if fault.name is FaultName.REDIRECT:
        return Answer(status=302, headers=(("location", fault.detail or ELSEWHERE),))
    answer = refuse(STATUSES[fault.name])
    if fault.name in WAITED_FOR:
        return answer.with_headers(("retry-after", str(int(1 if fault.amount is None else fault.amount))))
    return answer
