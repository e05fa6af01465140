"""The kinds of rule that many fields share, each with its sentence in three languages."""

from typing import Final

import polars as pl

from schemas.codes.lists import Code, CodeList
from schemas.expectations.fields import Field
from schemas.expectations.hetu import FAULT
from schemas.expectations.rule import RAW, Rule, Severity
from schemas.identifiers import BUSINESS_ID_WEIGHTS
from schemas.vocabulary import Source, Text

MISSING: Final = "MISSING"
MODULUS: Final = 11

HETU_SENTENCES: Final = {
    "form": Text(
        "Henkilötunnuksen muoto on väärä.", "Personbeteckningens form är fel.", "The form of the HETU is wrong."
    ),
    "date": Text(
        "Henkilötunnuksen päivää ei ole.", "Dagen i personbeteckningen finns inte.", "The HETU names no real day."
    ),
    "number": Text(
        "Henkilötunnuksen yksilönumero on alle 002.",
        "Personbeteckningens individnummer är under 002.",
        "The individual number of the HETU is below 002.",
    ),
    "checksum": Text(
        "Henkilötunnuksen tarkistusmerkki ei täsmää.",
        "Personbeteckningens kontrolltecken stämmer inte.",
        "The check character of the HETU does not agree.",
    ),
    "not_artificial": Text(
        "Henkilötunnus ei ole keinotekoinen; muita ei oteta vastaan tuotannon ulkopuolella.",
        "Personbeteckningen är inte konstgjord; andra tas inte emot utanför produktionen.",
        "The HETU is not artificial; no other is taken outside production.",
    ),
}


def mandatory(field: Field, owner: Source) -> Rule:
    """Demand that the field is filled."""
    name = field.name
    sentence = Text(
        f"Pakollinen kenttä {name} puuttuu.",
        f"Det obligatoriska fältet {name} saknas.",
        f"The mandatory field {name} is missing.",
    )
    holds = filled(field).fill_null(value=False)
    return Rule(code=MISSING, field=name, sentence=sentence, owner=owner, holds=holds)


def filled(field: Field) -> pl.Expr:
    """Whether anything was sent for a field, readable or not; null counts as nothing."""
    return pl.col(field.name if field.type is str else field.name + RAW) != ""


def readable(field: str, owner: Source) -> Rule:
    """Demand that what was sent can be read as the field's type."""
    sentence = Text(
        f"Kentän {field} arvo ei ole sovittua muotoa.",
        f"Värdet i fältet {field} har inte avtalad form.",
        f"The value of {field} is not of the agreed form.",
    )
    holds = pl.col(field + RAW).is_null() | (pl.col(field + RAW) == "") | pl.col(field).is_not_null()
    return Rule(code="UNREADABLE", field=field, sentence=sentence, owner=owner, holds=holds.fill_null(value=True))


def listed(
    field: str, codes: CodeList, owner: Source, *, on: pl.Expr | None = None, until: pl.Expr | None = None
) -> Rule:
    """Demand a code of the closed list, in use on the day of the event, or from `on` to `until`; without `on` days play no part."""
    sentence = Text(
        f"Kentän {field} koodi ei ole koodistossa {codes.name} tai ei ole voimassa.",
        f"Koden i fältet {field} finns inte i kodverket {codes.name} eller gäller inte.",
        f"The code of {field} is not of the list {codes.name} or not in use.",
    )
    holds = _in_use(pl.col(field), codes, on, until if until is not None else on)
    empty = pl.col(field).is_null() | (pl.col(field) == "")
    return Rule(code="CODE", field=field, sentence=sentence, owner=owner, holds=(empty | holds).fill_null(value=False))


def _in_use(code: pl.Expr, codes: CodeList, start: pl.Expr | None, end: pl.Expr | None) -> pl.Expr:
    if start is None or end is None:
        return code.is_in([each.code for each in codes.codes])
    return pl.any_horizontal(code.is_in(codes.always), *(_dated(code, each, start, end) for each in codes.dated))


def _dated(code: pl.Expr, each: Code, start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Judge a dated code; a day that is not known speaks neither for nor against: that it is missing is another rule's matter."""
    begun = (start >= each.valid_from).fill_null(value=True) if each.valid_from else pl.lit(value=True)
    going = (end <= each.valid_until).fill_null(value=True) if each.valid_until else pl.lit(value=True)
    return (code == each.code) & begun & going


def ordered(first: str, last: str, owner: Source) -> Rule:
    """Demand that the first day is not after the last."""
    sentence = Text(
        f"Päivä {last} on ennen päivää {first}.",
        f"Dagen {last} är före dagen {first}.",
        f"The day {last} is before the day {first}.",
    )
    holds = (pl.col(first) <= pl.col(last)).fill_null(value=True)
    return Rule(code="ORDER", field=last, sentence=sentence, owner=owner, holds=holds)


def between(field: str, least: int, most: int, owner: Source) -> Rule:
    """Demand a number between both ends, inclusive."""
    sentence = Text(
        f"Kentän {field} luku ei ole väliltä {least}-{most}.",
        f"Talet i fältet {field} är inte mellan {least} och {most}.",
        f"The number of {field} is not between {least} and {most}.",
    )
    holds = pl.col(field).is_between(least, most).fill_null(value=True)
    return Rule(code="RANGE", field=field, sentence=sentence, owner=owner, holds=holds)


def hetu(field: str, owner: Source) -> tuple[Rule, ...]:
    """Demand a HETU that holds: a rule for each way it can fail, so that the reason is told and the value is not."""
    fault = pl.col(field + FAULT).fill_null("")
    return tuple(
        Rule(code=f"HETU_{code.upper()}", field=field, sentence=sentence, owner=owner, holds=fault != code)
        for code, sentence in HETU_SENTENCES.items()
    )


def business_id(field: str, owner: Source) -> Rule:
    """Demand form and check digit of a business id, as ``schemas.identifiers.BusinessId`` does."""
    sentence = Text(
        f"Kentän {field} Y-tunnus on väärä.",
        f"FO-numret i fältet {field} är fel.",
        f"The business id of {field} does not hold.",
    )
    text = pl.col(field)
    weighed = pl.sum_horizontal(
        text.str.slice(place, 1).cast(pl.Int32, strict=False) * weight
        for place, weight in enumerate(BUSINESS_ID_WEIGHTS)
    )
    rest = weighed % MODULUS
    check = pl.when(rest == 0).then(0).otherwise(MODULUS - rest)
    agrees = (rest != 1) & (check == text.str.slice(8, 1).cast(pl.Int32, strict=False))
    holds = text.is_null() | (text.str.contains("^[0-9]{7}-[0-9]$") & agrees.fill_null(value=False))
    return Rule(code="BUSINESS_ID", field=field, sentence=sentence, owner=owner, holds=holds.fill_null(value=False))


def plain(field: str, owner: Source) -> Rule:
    """Demand an id without control characters; what we join texts with must not occur in one."""
    sentence = Text(
        f"Tunnisteessa {field} on ohjausmerkkejä.",
        f"Identifieraren {field} innehåller styrtecken.",
        f"The id {field} holds control characters.",
    )
    holds = ~pl.col(field).str.contains("[\\x00-\\x1f\\x7f]")
    return Rule(code="FORM", field=field, sentence=sentence, owner=owner, holds=holds.fill_null(value=True))


def told(
    field: str, code: str, sentence: Text, owner: Source, holds: pl.Expr, *, severity: Severity = Severity.ERROR
) -> Rule:
    """Demand something of its own kind; what cannot be judged for want of a value is another rule's matter."""
    return Rule(
        code=code, field=field, sentence=sentence, owner=owner, severity=severity, holds=holds.fill_null(value=True)
    )


def day_of(moment: str) -> pl.Expr:
    """Give the Helsinki day of a moment."""
    return pl.col(moment).dt.convert_time_zone("Europe/Helsinki").dt.date()
