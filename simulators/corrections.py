"""Where a source takes in requests to correct somebody's data and answers them: a small contract of our own (AMENDMENTS 17).

``POST /v1/corrections`` with ``{"id", "person": HETU, "category", "words", "askedAt"}`` answers ``{"reference"}``; the same id again is
the same request. ``GET /v1/corrections/{id}`` answers ``{"state": "received"}`` on the day it came, and from the next day on
``{"state": "answered", "outcome", "reason", "words", "answeredAt"}``: by turns data are corrected, found right, and another controller's.
"""

import json
from collections.abc import Callable
from datetime import date, datetime, time
from threading import Lock
from zoneinfo import ZoneInfo

from simulators.wire import Answer, Request

CODE = "oikaisut"
METHODS = frozenset({"GET", "POST"})
PATH = "/v1/corrections"
HELSINKI = ZoneInfo("Europe/Helsinki")
MEMBERS = frozenset({"id", "person", "category", "words", "askedAt"})
ANSWERS = (
    {"outcome": "corrected", "words": "Tieto on tarkistettu ja korjattu rekisteriin."},
    {
        "outcome": "refused",
        "reason": "accurate",
        "words": "Tieto on tarkistettu. Se vastaa asiakirjoja, joten sitä ei muutettu.",
    },
    {"outcome": "refused", "reason": "other_controller", "words": "Tieto on toisen viranomaisen kirjaama."},
)


class Corrections:
    """The service of one source; ``today`` gives the day asked on."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today
        self._taken: dict[str, tuple[int, date]] = {}
        self._lock = Lock()

    def __call__(self, request: Request) -> Answer:
        """Take in a request, or tell how one stands."""
        if request.method == "POST" and request.path == PATH:
            return self._take(request.body)
        if request.method == "GET" and request.path.startswith(f"{PATH}/"):
            return self._stand(request.path.removeprefix(f"{PATH}/"))
        return refuse(404)

    def _take(self, body: bytes) -> Answer:
        try:
            asked = json.loads(body)
        except ValueError:
            return refuse(400)
        if not isinstance(asked, dict) or asked.keys() != MEMBERS or not all(map(str.strip, asked.values())):
            return refuse(400)
        with self._lock:
            number, _ = self._taken.setdefault(asked["id"], (len(self._taken) + 1, self._today()))
        return _answer({"reference": f"OIK-{number}"})

    def _stand(self, id_: str) -> Answer:
        if id_ not in self._taken:
            return refuse(404)
        number, day = self._taken[id_]
        if self._today() <= day:
            return _answer({"state": "received"})
        answered = datetime.combine(self._today(), time(8), HELSINKI).isoformat()
        return _answer({"state": "answered", "answeredAt": answered, **ANSWERS[(number - 1) % len(ANSWERS)]})


def refuse(status: int) -> Answer:
    """Refuse with a code and nothing else."""
    return Answer(status=status, body=json.dumps({"status": status}).encode())


def _answer(value: object) -> Answer:
    return Answer(body=json.dumps(value).encode())
