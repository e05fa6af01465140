"""FHIR bulk export of a Group: asked for, polled, then fetched as NDJSON; the Group holds permitted persons only (DOMAIN.md 6.1)."""

import json
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
CHUNKS_A_POLL = 1
RETRY_AFTER_S = "1"


@dataclass(slots=True)
class Job:
    """One export: a file per thousand people and type; `counts` grows with each poll until all people are counted.

    `latest` keeps the lines of the thousand people last looked at, so that files fetched in the manifest's order are made once.
    """

    request: str
    kinds: tuple[str, ...]
    since: datetime | None
    until: datetime
    people: tuple[str, ...]
    counts: dict[int, dict[str, int]] = field(default_factory=dict)
    latest: tuple[int, dict[str, list[bytes]]] | None = None

    @property
    def chunks(self) -> range:
        """Number the thousands of people."""
        return range(-(-len(self.people) // PEOPLE_A_FILE))

    def people_of(self, number: int) -> tuple[str, ...]:
        """Give the people of a chunk."""
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
        """Count some more people's resources: 202 until all are counted, then the manifest."""
        job = self._job(name)
        for number in islice((one for one in job.chunks if one not in job.counts), CHUNKS_A_POLL):
            job.counts[number] = {kind: len(lines) for kind, lines in self._lines(job, number).items()}
        if len(job.counts) < len(job.chunks):
            return Answer(
                status=202, headers=(("retry-after", RETRY_AFTER_S), ("x-progress", f"{len(job.counts)} chunks"))
            )
        stamp = self._shape(Page(listing=f"bulk {name}", records=(), next=None, stamp=instant(job.until))).stamp
        return Answer(body=_as_json(_manifest(name, job, stamp)))

    def _fetch(self, name: str, file: str) -> Answer:
        job = self._job(name)
        kind, _, number = file.removesuffix(".ndjson").rpartition("-")
        if not number.isdecimal() or kind not in job.counts.get(int(number), {}):
            raise Refused(404, "The file is not known here.")
        lines = tuple(self._lines(job, int(number))[kind])
        page = self._shape(Page(listing=f"bulk {name} {kind}", records=lines, next=None, stamp=instant(job.until)))
        return Answer(media_type=NDJSON, body=b"".join(line + b"\n" for line in page.records))

    def _forget(self, name: str) -> Answer:
        self._job(name)
        del self._jobs[name]
        return Answer(status=202)

    def _job(self, name: str) -> Job:
        if name not in self._jobs:
            raise Refused(404, "The export is not known here.")
        return self._jobs[name]

    def _lines(self, job: Job, number: int) -> dict[str, list[bytes]]:
        latest = job.latest
        if latest is not None and latest[0] == number:
            return latest[1]
        lines: dict[str, list[bytes]] = {}
        for hetu in job.people_of(number):
            for _, resource in self._holdings.of(hetu, job.kinds, since=job.since, until=job.until):
                lines.setdefault(resource["resourceType"], []).append(written(resource))
        job.latest = number, lines
        return lines


def _manifest(name: str, job: Job, stamp: str) -> dict[str, object]:
    output = [
        {"type": kind, "url": f"{INNER_BASE}/bulk/{name}/{kind}-{number}.ndjson", "count": count}
        for number, counts in job.counts.items()
        for kind, count in counts.items()
    ]
    head = {"transactionTime": stamp, "request": job.request, "requiresAccessToken": True}
    return {**head, "output": output, "deleted": [], "error": []}


def _as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
