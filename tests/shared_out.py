"""How the files of a whole run are shared out: two processes take them from the front, a third, which gives way to both, from the end."""

import os
from typing import Final

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped] # it ships no types

GIVES_WAY: Final = "gw2"
NICENESS: Final = 5
"""A third of the others' weight: it lives on the third of the time in which they wait for what they have started."""
FIRST: Final = 2
"""As soon as so many processes know all tests, the tests begin; the third gives way while it reads them too."""
ONE_TOWN: Final = "tests/functional/faults"
"""Its tests share a town that takes a quarter of a minute to found, so one process has them all."""


def give_way(worker: str) -> None:
    """Let the third process have what the others leave of the processors; no example of it is timed."""
    if worker == GIVES_WAY:
        from hypothesis import settings

        os.nice(NICENESS)
        settings.register_profile(GIVES_WAY, settings.default, deadline=None)
        settings.load_profile(GIVES_WAY)


class FromBothEnds(LoadFileScheduling):
    """Files in the order of their folders, the long ones first: what waits for processes comes to the two that never give way."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        self.numnodes: int = min(self.numnodes, FIRST)

    def _assign_work_unit(self, node):
        if node not in self.registered_collections:
            return
        if node.gateway.id == GIVES_WAY:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid):
        return ONE_TOWN if nodeid.startswith(ONE_TOWN) else super()._split_scope(nodeid)
