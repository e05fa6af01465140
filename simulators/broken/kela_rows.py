"""How an `asiakas` of Kela is broken: one of its elements is written otherwise, or the text stays when none fits."""

import re
from collections.abc import Callable, Mapping

from simulators.broken.kinds import Broken, other_century, wrong_check

LONG_AGO = "1999-12-31"
AFTER_THE_TURN = "2026-06-30"
LAST_DAY_BEFORE = "2026-04-30"
BASIC = r"(?:TYOMARKKINATUKI|PERUSPAIVARAHA)"


def broken(record: bytes, kind: Broken) -> bytes:
    """Break the first element that the kind fits."""
    how = _HOW.get(kind)
    return how(record.decode()).encode() if how else record


def _recoded(change: Callable[[str], str]) -> Callable[[str], str]:
    def how(text: str) -> str:
        pattern = r"(?<=<henkilotunnus>)[^<]+"
        return re.sub(pattern, lambda found: change(found[0]), text, count=1)

    return how


def _rewritten(pattern: str, by: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, by, text, count=1)


_HOW: Mapping[Broken, Callable[[str], str]] = {
    Broken.WRONG_CHECK: _recoded(wrong_check),
    Broken.OTHER_CENTURY: _recoded(other_century),
    Broken.DATE_ORDER: _rewritten(r"<(loppuPvm|kaudenLoppuPvm)>[^<]*</\1>", rf"<\1>{LONG_AGO}</\1>"),
    Broken.UNKNOWN_CODE: _rewritten(r"<etuus>[^<]*<", "<etuus>TUNTEMATONTUKI<"),
    Broken.OVERLAP: _rewritten(r"(<etuusratkaisu><ratkaisuId>)([^<]*)(.*?</etuusratkaisu>)", r"\1\2\3\1\g<2>99\3"),
    Broken.MISSING_FIELD: _rewritten(r"<etuus>[^<]*</etuus>", ""),
    Broken.WRONG_TYPE: _rewritten(r"<versio>[^<]*<", "<versio>kaksi<"),
    Broken.BROKEN_REFERENCE: _rewritten(r"(<maksu>.*?<ratkaisuId>)[^<]*", r"\g<1>R-0"),
    Broken.NUMBER_CODE: _rewritten(r"<rahoittavaKunta>0*", "<rahoittavaKunta>"),
    Broken.CROSSING: _rewritten(rf"(<etuus>{BASIC}</etuus>.*?<loppuPvm>){LAST_DAY_BEFORE}", rf"\g<1>{AFTER_THE_TURN}"),
}
