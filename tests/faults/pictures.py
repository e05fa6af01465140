"""Pictures of a database in which two towns with equal pasts are equal: no random ids, no times of the machine's own."""

from dataclasses import dataclass

from sqlalchemy import text

from connectors.layout import LAYOUTS
from schemas.vocabulary import Source

WHO = """
WITH who AS (
    SELECT person_id, string_agg(encode(hetu_hash, 'hex'), ' ' ORDER BY hetu_hash) AS who
      FROM staging.identity GROUP BY person_id
)
"""
SECTIONS = """
SELECT who, category, controller, encode(digest, 'hex'),
       ARRAY (SELECT replace(record, person_id::text, '*') FROM unnest(records) record)
  FROM publish.section JOIN who USING (person_id) ORDER BY 1, 2, 3
"""
ENTITLEMENTS = """
SELECT who, recipient, purpose, categories, grounds, encode(visible, 'hex') FROM publish.entitlement JOIN who USING (person_id)
 ORDER BY 1, 2, 3
"""
FEED = "SELECT who, recipient, kind FROM publish.change JOIN who USING (person_id) WHERE NOT superseded ORDER BY 1, 2"
WATERMARKS = "SELECT connection_id, since FROM staging.watermark ORDER BY 1"
RECORDS = """
SELECT who, replace(source_record_id, person_id::text, '*'), version, content_hash
  FROM staging.{table} LEFT JOIN who USING (person_id) ORDER BY 2, 1, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """The published view (sections, who may see them, the newest of each feed), the records and watermarks of each source."""

    view: dict[str, list[tuple]]
    records: dict[str, dict[str, list[tuple]]]
    watermarks: dict[str, dict[str, object]]

    def unlike(self, other: "Picture") -> dict[str, list[tuple]]:
        """Give what stands in one of two pictures alone, by where it stands; empty when they are equal."""
        own, others = self._parts(), other._parts()
        found = {name: sorted(own[name] ^ others[name], key=str) for name in own}
        return {name: rows for name, rows in found.items() if rows}

    def _parts(self) -> dict[str, set[tuple]]:
        records = {f"{source} {table}": rows for source, kept in self.records.items() for table, rows in kept.items()}
        marks = {f"watermark {source}": list(kept.items()) for source, kept in self.watermarks.items()}
        return {name: set(rows) for name, rows in (self.view | records | marks).items()}


def picture(read) -> Picture:
    """Take down what stands in a database."""
    view = {"sections": SECTIONS, "entitlements": ENTITLEMENTS, "feed": FEED}
    marks = dict(_rows(read, WATERMARKS))
    return Picture(
        view={name: _rows(read, WHO + query) for name, query in view.items()},
        records={source.value: {of.table: _records(read, of.table) for of in LAYOUTS[source]} for source in Source},
        watermarks={
            source.value: {name: at for name, at in marks.items() if name.startswith(source.value)} for source in Source
        },
    )


def _records(read, table: str) -> list[tuple]:
    return _rows(read, WHO + RECORDS.format(table=table))


def _rows(read, query: str) -> list[tuple]:
    return [tuple(tuple(each) if isinstance(each, list) else each for each in row) for row in read.execute(text(query))]
