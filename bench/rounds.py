"""One round of the pipeline's measurement: every work once, by us, by the limit and by the peers, one after another."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.corpus import FIRST, NEXT, asked_at
from bench.figures import COPY_BESIDE, Figures, Line, Stage, Task, Who
from bench.ground import Ground, Home
from bench.measure import Measured, measured, measured_after, side_by_side
from bench.pace import Pace
from bench.staged import BESIDE, RECORDS, STAGED
from schemas.vocabulary import Source

DAY_OF: Final = {Task.FIRST: FIRST, Task.NO_CHANGE: FIRST, Task.CHANGE: NEXT}
FEEDS: Final = {
    Who.DICTS: ("dicts", "delete-insert"),
    Who.ARROW: ("arrow", "delete-insert"),
    Who.UPSERT: ("arrow", "upsert"),
}
"""How dlt is fed, and how it merges."""

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stand:
    """What a round is measured on: the server, the machine's pace, the kept answers, and the figures that it adds to."""

    ground: Ground
    pace: Pace
    answers: Path
    figures: Figures
    number: int

    def home(self, name: str) -> Home:
        """Make an empty home for this round."""
        return self.ground.home(self.named(name))

    def named(self, name: str) -> str:
        """Name something of this round."""
        return f"{name}-{self.number}"

    def measure(self, stage: Stage, function: str, arguments: Mapping[str, Any]) -> Measured:
        """Measure a stage in a process of its own, on a server at rest and a machine at its pace."""
        self.ground.settle()
        before = self.ground.cpu_seconds()
        result = measured_after(self.pace.wait, function, **arguments)
        self._note(stage, result, before)
        return result

    def measure_together(self, stage: Stage, tasks: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Measure tasks that run at once as one stage: the wall is theirs together, processors and memory are added up."""
        self.ground.settle()
        before = self.ground.cpu_seconds()
        seconds, results = side_by_side(list(tasks), self.pace.wait)
        summed = Measured(
            seconds=seconds,
            cpu_seconds=sum(each.cpu_seconds for each in results),
            prepare_seconds=max(each.prepare_seconds for each in results),
            peak_bytes=sum(each.peak_bytes for each in results),
            stolen_seconds=max(each.stolen_seconds for each in results),
        )
        self._note(stage, summed, before)

    def _note(self, stage: Stage, result: Measured, server_before: float) -> None:
        line = Line(
            round=self.number,
            stage=stage,
            seconds=result.seconds,
            cpu_seconds=result.cpu_seconds,
            server_seconds=self.ground.cpu_seconds() - server_before,
            prepare_seconds=result.prepare_seconds,
            peak_bytes=result.peak_bytes,
            stolen_seconds=result.stolen_seconds,
        )
        self.figures.lines.append(line)
        sys.stderr.write(f"bench: round {self.number}, {stage.task}, {stage.who}, {stage.name}: {line.seconds:.2f} s\n")


@dataclass(frozen=True, slots=True)
class Round:
    """Everything measured once, on databases of its own."""

    stand: Stand

    def run(self, *, peers: bool) -> None:
        """Measure each work by everybody, then take the databases away."""
        alone, together = self._furnished("alone"), self._furnished("together")
        for task in Task:
            self._one_by_one(task, alone)
            self._side_by_side(task, together)
            rows = self._dumped(task, alone)
            if task is Task.FIRST:
                self._limit(rows)
            if peers:
                self._dlt(task, rows)
        if peers:
            self._rules()
        for name in ("alone", "together", "limit", *(who.name for who in FEEDS if peers)):
            self.stand.ground.drop(self.stand.named(name))

    def _furnished(self, name: str) -> Home:
        home = self.stand.home(name)
        measured("bench.registers:furnished", values=home.values, keep=self._answers, at=_at(Task.FIRST))
        return home

    def _one_by_one(self, task: Task, home: Home) -> None:
        for source in Source:
            run = self._landed(task, home, source, Who.LUUKKU)
            _Own(self.stand, task, home, source).run(run["planned"], run["groups"])

    def _side_by_side(self, task: Task, home: Home) -> None:
        """Take the sources at once, as three DAGs do; on the very first day the counties are asked when TE's people are known."""
        first = ((Source.TE, Source.KELA), (Source.SOTE,))
        for sources in first if task is Task.FIRST else (tuple(Source),):
            ready = {source: self._landed(task, home, source, Who.TOGETHER) for source in sources}
            tasks = [
                ("bench.ours:whole", _of(home, source, task) | {"planned": run["planned"], "groups": run["groups"]})
                for source, run in ready.items()
            ]
            self.stand.measure_together(Stage(task=task, who=Who.TOGETHER, name=", ".join(sources)), tasks)

    def _landed(self, task: Task, home: Home, source: Source, who: Who) -> Mapping[str, Any]:
        """Plan and land the whole of a source; for the counties, after the leave list that names whom they are asked about."""
        if source is Source.SOTE:
            measured("bench.registers:allowed_of_sote", values=home.values, keep=self._answers)
        stage = Stage(task=task, who=who, name=f"{source} land", counted=False)
        arguments = _of(home, source, task) | {"keep": self._answers, "day": DAY_OF[task]}
        return self.stand.measure(stage, "bench.replay:landed", arguments).result

    def _dumped(self, task: Task, home: Home) -> Path:
        """Keep the rows that a work leaves in staging, once: those of other rounds differ by their random ids alone."""
        folder = self.stand.ground.folder / f"rows-{DAY_OF[task]}"
        if not folder.exists():
            found = measured("bench.limit:dumped", url=home.database_url, rows=str(folder)).result["rows"]
            if task is Task.FIRST:
                self.stand.figures.rows = sum(count for table, count in found.items() if table in RECORDS)
        return folder

    def _limit(self, rows: Path) -> None:
        """Parse every byte and copy every row that a load writes: the sources' and who they are about, then those written beside them."""
        for source in Source:
            stage = Stage(task=Task.FIRST, who=Who.LIMIT, name=f"{source} parse")
            self.stand.measure(
                stage, "bench.limit:parsed", {"keep": self._answers, "day": FIRST, "source": source.value}
            )
        of = {"url": self.stand.home("limit").database_url, "rows": str(rows)}
        stage = Stage(task=Task.FIRST, who=Who.LIMIT, name="copy", rows=self.stand.figures.rows)
        self.stand.measure(stage, "bench.limit:copied", of | {"tables": STAGED})
        beside = Stage(task=Task.FIRST, who=Who.LIMIT, name=COPY_BESIDE)
        self.stand.measure(beside, "bench.limit:copied", of | {"tables": BESIDE})

    def _dlt(self, task: Task, rows: Path) -> None:
        for who, (feed, strategy) in FEEDS.items():
            name = self.stand.named(who.name)
            home = self.stand.ground.home(name) if task is Task.FIRST else self.stand.ground.known_home(name)
            how = {"feed": feed, "strategy": strategy, "home": str(home.folder)}
            arguments = {"url": home.database_url, "rows": str(rows)} | how
            self.stand.measure(Stage(task=task, who=who, name="load"), "bench.peers.dlt_load:loaded", arguments)

    def _rules(self) -> None:
        for who, function in ((Who.RULES, "ours"), (Who.PANDERA, "validated")):
            stage = Stage(task=Task.FIRST, who=who, name="rules")
            arguments = {"keep": self._answers, "day": FIRST, "at": _at(Task.FIRST)}
            self.stand.measure(stage, f"bench.peers.pandera_rules:{function}", arguments)

    @property
    def _answers(self) -> str:
        return str(self.stand.answers)


@dataclass(frozen=True, slots=True)
class _Own:
    """One source's way from landed bytes to the commit, each stage in a process of its own as a worker's."""

    stand: Stand
    task: Task
    home: Home
    source: Source

    def run(self, planned: list[Facts], groups: list[Facts]) -> None:
        """Check and merge; the verdict comes after the commit and is shown apart."""
        checked = [self._measure("check", group["rows"], "checked", group=group) for group in groups]
        rows = sum(group["rows"] for group in groups)
        merged = self._measure("merge", rows, "merged", planned=planned, checked=[each.result for each in checked])
        self._measure("verdict", 0, "judged", counted=False, planned=planned, merged=merged.result)

    def _measure(self, name: str, rows: int, function: str, *, counted: bool = True, **arguments: Any) -> Measured:
        stage = Stage(task=self.task, who=Who.LUUKKU, name=f"{self.source} {name}", rows=rows, counted=counted)
        return self.stand.measure(stage, f"bench.ours:{function}", _of(self.home, self.source, self.task) | arguments)


def _of(home: Home, source: Source, task: Task) -> Facts:
    return {"values": home.values, "source": source.value, "at": _at(task)}


def _at(task: Task) -> str:
    return asked_at(DAY_OF[task]).isoformat()
