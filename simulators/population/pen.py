"""Writing record heads for one person: id, version, and the moment the source last touched the record."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypedDict, TypeVar

from simulators.population.calendar import Calendar
from simulators.population.chance import Draw
from simulators.population.ids import Kind, RecordIds
from simulators.population.kela_records import KelaRecord
from simulators.population.sote_records import SoteRecord
from simulators.population.te_records import TeRecord

AnyRecord = TypeVar("AnyRecord", bound=TeRecord | KelaRecord | SoteRecord)
CORRECTED_SHARE, TWICE_CORRECTED_SHARE = 0.15, 0.03
CORRECTION_MEAN_DAYS = 20
OFFICE_SECONDS = 8 * 3600


class Head(TypedDict):
    """What all records begin with."""

    id: str
    versio: int
    muokattu_aika: datetime


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes for one person; the moments lie in office hours after the day a fact became true, before the first closing."""

    ids: RecordIds
    calendar: Calendar
    index: int
    draw: Draw

    def id(self, kind: Kind, number: int = 0) -> str:
        """Give the id of a record without writing it."""
        return self.ids.make(self.index, kind, number)

    def number(self, number: int) -> int:
        """Give the number under which a record of this kind is told from the person's others."""
        return number

    def head(self, kind: Kind, on: date, number: int = 0) -> Head:
        """Begin a record about something of this day; one in seven was corrected since, some much later."""
        share = self.draw.upto(100)
        versions = 1 + (share < 100 * CORRECTED_SHARE) + (share < 100 * TWICE_CORRECTED_SHARE)
        written = on + timedelta(days=self.draw.upto(4) if versions == 1 else self.draw.waiting(CORRECTION_MEAN_DAYS))
        return {
            "id": self.id(kind, self.number(number)),
            "versio": versions,
            "muokattu_aika": self.calendar.office_moment(written, self.draw.upto(OFFICE_SECONDS)),
        }


def touched(record: AnyRecord, moment: datetime) -> AnyRecord:
    """Give the record's next version, touched at this moment."""
    return replace(record, versio=record.versio + 1, muokattu_aika=moment)
