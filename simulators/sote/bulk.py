"""FHIR bulk export of a Group: asked for, polled, then fetched as NDJSON; the Group holds permitted persons only (DOMAIN.md 6.1)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from simulators.sote import parameters
from simulators.sote.holdings import Holdings, written
from simulators.sote.outcomes import FHIR, Refused
from simulators.sote.resources import HETU, instant
from simulators.sote.searches import INNER_BASE
from simulators.wire import Answer, Asked, Page, Request, Shape
from simulators.xroad import new_id

NDJSON = "application/fhir+ndjson"
PEOPLE_A_FILE = 1_000
FILES_A_POLL = 2
RETRY_AFTER_S = "1"


@dataclass(slots=True)
class Job:
    """One export: a file per type and thousand people; `counts` grows with each poll until all files are counted."""

    request: str
    kinds: tuple[str, ...]
    since: datetime | None
    until: datetime
    people: tuple[str, ...]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def files(self) -> Iterator[tuple[str, int]]:
        """Name all files by type and number."""
        return ((kind, number) for kind in self.kinds for number in range(-(-len(self.people) // PEOPLE_A_FILE)))

    def people_of(self, number: int) -> tuple[str, ...]:
        """Give the people of a file."""
        return self.people[number * PEOPLE_A_FILE : (number + 1) * PEOPLE_A_FILE]


class Bulk:
    """The Groups and exports of one county."""

    def __init__(self, holdings: Holdings, shape: Shape, asked: Asked) -> None:
        self._holdings = holdings
        self._shape = shape
        self._asked = asked
        self._groups: dict[str, tuple[str, ...]] = {}
        self._jobs: dict[str, Job] = {}

    def answer(self, request: Request, path: list[str]) -> Answer:
        """Answer a request below ``Group`` or ``bulk``."""
        match [request.method, *path]:
            case ["PUT", "Group", name]:
                return self._set_group(name, request)
            case ["GET", "Group", name, "$export"]:
                return self._begin(name, request)
            case ["GET", "bulk", job]:
                return self._poll(job)
            case ["GET", "bulk", job, file]:
                return self._fetch(job, file)
            case ["DELETE", "bulk", job]:
                return self._forget(job)
        raise Refused(404, "There is nothing at this address.")

    def _set_group(self, name: str, request: Request) -> Answer:
        try:
            group = json.loads(request.body)
            members = [member["entity"]["identifier"] for member in group.get("member", [])]
            people = tuple(dict.fromkeys(one["value"] for one in members if one["system"] == HETU))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(400, "The Group is not as expected.") from error
        self._groups[name] = people
        return Answer(
            status=200, media_type=FHIR, body=_as_json({"resourceType": "Group", "id": name, "quantity": len(people)})
        )

    def _begin(self, name: str, request: Request) -> Answer:
        if "respond-async" not in (request.header("prefer") or ""):
            raise Refused(400, "An export is asked for with Prefer: respond-async.")
        if name not in self._groups:
            raise Refused(404, "The Group is not known here.")
        self._asked.name(self._holdings.source, self._groups[name])
        asked, job = dict(request.parameters), new_id()
        self._jobs[job] = Job(
            request=f"{INNER_BASE}/Group/{name}/$export",
            kinds=parameters.kinds(asked.get("_type")),
            since=parameters.moment(asked.get("_since")),
            until=self._holdings.closing,
            people=self._groups[name],
        )
        return Answer(status=202, media_type=FHIR, headers=(("content-location", f"{INNER_BASE}/bulk/{job}"),))

    def _poll(self, name: str) -> Answer:
        """Count some more files: 202 until all are counted, then the manifest."""
        job = self._job(name)
        uncounted = (one for one in job.files if one not in job.counts)
        for kind, number in islice(uncounted, FILES_A_POLL):
            job.counts[kind, number] = sum(1 for _ in self._lines(job, kind, number))
        if any(one not in job.counts for one in job.files):
            return Answer(
                status=202, headers=(("retry-after", RETRY_AFTER_S), ("x-progress", f"{len(job.counts)} files"))
            )
        stamp = self._shape(Page(listing=f"bulk {name}", records=(), next=None, stamp=instant(job.until))).stamp
        return Answer(body=_as_json(_manifest(name, job, stamp)))

    def _fetch(self, name: str, file: str) -> Answer:
        job = self._job(name)
        kind, _, number = file.removesuffix(".ndjson").rpartition("-")
        if not number.isdecimal() or (kind, int(number)) not in job.counts:
            raise Refused(404, "The file is not known here.")
        lines = tuple(self._lines(job, kind, int(number)))
        page = self._shape(Page(listing=f"bulk {kind}", records=lines, next=None, stamp=instant(job.until)))
        return Answer(media_type=NDJSON, body=b"".join(line + b"\n" for line in page.records))

    def _forget(self, name: str) -> Answer:
        self._job(name)
        del self._jobs[name]
        return Answer(status=202)

    def _job(self, name: str) -> Job:
        if name not in self._jobs:
            raise Refused(404, "The export is not known here.")
        return self._jobs[name]

    def _lines(self, job: Job, kind: str, number: int) -> Iterator[bytes]:
        for hetu in job.people_of(number):
            for _, resource in self._holdings.of(hetu, [kind], since=job.since, until=job.until):
                yield written(resource)


def _manifest(name: str, job: Job, stamp: str) -> dict[str, object]:
    output = [
        {"type": kind, "url": f"{INNER_BASE}/bulk/{name}/{kind}-{number}.ndjson", "count": count}
        for (kind, number), count in job.counts.items()
        if count
    ]
    head = {"transactionTime": stamp, "request": job.request, "requiresAccessToken": True}
    return {**head, "output": output, "deleted": [], "error": []}


def _as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
