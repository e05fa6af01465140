"""How a row of TE is broken; None where the kind does not fit the record."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from simulators.broken.kinds import Broken, Row, other_century, wrong_check

NOBODY = "00000000-0000-4000-8000-000000000000"
PERIODS = (
    ("alkuPvm", "loppuPvm"),
    ("alkuPvm", "suunniteltuLoppuPvm"),
    ("tyonhakuAlkanutPvm", "tyonhakuPaattynytPvm"),
    ("allekirjoitettuPvm", "tarkistusPvm"),
    ("segmenttiPvm", "paattynytPvm"),
)
CODES = {"tyollkoodi": "77", "toimsuunlaji": "99", "palvelukoodi": "ZZ", "yhtottotapa": "55", "segmenttikoodi": "42"}
MANDATORY = ("sukunimi", "tyollkoodi", "toimsuunlaji", "tuotantotapa", "ajankohtaAika", "segmenttiPvm", "tietotyyppi")


def _recoded(change: Callable[[str], str]) -> Callable[[Row], list[Row] | None]:
    def how(row: Row) -> list[Row] | None:
        return [row | {"henkilotunnus": change(row["henkilotunnus"])}] if "henkilotunnus" in row else None

    return how


def _date_order(row: Row) -> list[Row] | None:
    for start, end in PERIODS:
        if row.get(start) and row.get(end):
            before = date.fromisoformat(row[start]) - timedelta(days=1)
            return [row | {end: before.isoformat()}]
    return None


def _unknown_code(row: Row) -> list[Row] | None:
    return next(([row | {name: code}] for name, code in CODES.items() if name in row), None)


def _overlap(row: Row) -> list[Row] | None:
    if "tyollkoodi" not in row:
        return None
    other = "02" if row["tyollkoodi"] != "02" else "08"
    return [row, row | {"id": NOBODY[:24] + row["id"][24:], "tyollkoodi": other, "psyy": None}]


def _missing_field(row: Row) -> list[Row] | None:
    gone = next((name for name in MANDATORY if name in row), None)
    return [{name: value for name, value in row.items() if name != gone}] if gone else None


def _wrong_type(row: Row) -> list[Row]:
    return [row | {"versio": "kaksi"}]


def _broken_reference(row: Row) -> list[Row] | None:
    return [row | {"tyonhakijaId": NOBODY}] if "tyonhakijaId" in row else None


def _number_code(row: Row) -> list[Row] | None:
    coded = next((name for name in CODES if str(row.get(name, "")).isdecimal()), None)
    return [row | {coded: int(row[coded])}] if coded else None


HOW: Mapping[Broken, Callable[[Row], list[Row] | None]] = {
    Broken.WRONG_CHECK: _recoded(wrong_check),
    Broken.OTHER_CENTURY: _recoded(other_century),
    Broken.DATE_ORDER: _date_order,
    Broken.UNKNOWN_CODE: _unknown_code,
    Broken.OVERLAP: _overlap,
    Broken.MISSING_FIELD: _missing_field,
    Broken.WRONG_TYPE: _wrong_type,
    Broken.BROKEN_REFERENCE: _broken_reference,
    Broken.NUMBER_CODE: _number_code,
}
