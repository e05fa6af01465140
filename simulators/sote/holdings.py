"""What one county holds about a person, found by the identity code that the county itself knows."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from simulators.sote.counties import County
from simulators.sote.resources import Resource, Subject, resources
from simulators.world import World


class Holdings:
    """One county's records in today's population."""

    def __init__(self, county: County, world: World) -> None:
        self.county = county
        self._world = world

    @property
    def source(self) -> str:
        """How faults and counts name the county's system."""
        return f"sote:{self.county.code}"

    @property
    def closing(self) -> datetime:
        """The instant up to which all is told."""
        return self._world.population.closing

    def of(
        self, hetu: str, kinds: Iterable[str], *, since: datetime | None, until: datetime
    ) -> Iterator[tuple[datetime, Resource]]:
        """Give a person's resources of these types changed in [since, until); nothing for someone the county does not know."""
        population = self._world.population
        index = population.by_hetu(hetu)
        records = None if index is None else population.sote(index)
        patient = records and next(
            (one for one in records.patients if one.county == self.county.code and one.hetu == hetu), None
        )
        if index is None or records is None or not patient:
            return
        subject = Subject(patient=patient, identity=population.identity(index), county=self.county)
        for kind in kinds:
            for moment, resource in resources(kind, subject, records):
                if (since is None or since <= moment) and moment < until:
                    yield moment, resource


def written(resource: Resource) -> bytes:
    """Write a resource as compact JSON."""
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
