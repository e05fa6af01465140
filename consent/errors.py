"""What can be wrong with an expression of will, each with the field it concerns and a sentence; never the value (CONSENT.md 14)."""

from enum import StrEnum

from schemas.vocabulary import Text


class Fault(StrEnum):
    """The kinds of bad input."""

    INVALID_FIELD = "invalid_field"
    OUTSIDE_AGREEMENT = "outside_agreement"
    BAD_PERIOD = "bad_period"
    NOTICE_MISMATCH = "notice_mismatch"
    NOT_GRANTABLE = "not_grantable"
    CANNOT_ACT = "cannot_act"
    SAME_STEWARD = "same_steward"
    BAD_EVIDENCE = "bad_evidence"
    NOT_FOUND = "not_found"

    @property
    def text(self) -> Text:
        """The sentence to show."""
        return _TEXTS[self]


_TEXTS = {
    Fault.INVALID_FIELD: Text(
        "Tieto puuttuu tai on väärässä muodossa.",
        "Uppgiften saknas eller har fel form.",
        "The field is missing or out of form.",
    ),
    Fault.OUTSIDE_AGREEMENT: Text(
        "Sopimus ei kata tätä tietoryhmää.",
        "Avtalet omfattar inte denna uppgiftsgrupp.",
        "The agreement does not cover this category.",
    ),
    Fault.BAD_PERIOD: Text(
        "Aika ei ole mahdollinen tai ylittää sopimuksen enimmäisajan.",
        "Tiden är inte möjlig eller överskrider avtalets längsta tid.",
        "The time is impossible or exceeds what the agreement allows.",
    ),
    Fault.NOTICE_MISMATCH: Text(
        "Näytetty teksti ei ollut voimassa allekirjoitettaessa.",
        "Den visade texten gällde inte vid undertecknandet.",
        "The text shown was not in force when signed.",
    ),
    Fault.NOT_GRANTABLE: Text(
        "Suostumusta ei voi antaa tämän sopimuksen nojalla.",
        "Samtycke kan inte ges enligt detta avtal.",
        "No consent can be given under this agreement.",
    ),
    Fault.CANNOT_ACT: Text(
        "Tekijällä ei ole oikeutta antaa tätä suostumusta.",
        "Personen har inte rätt att ge detta samtycke.",
        "The one who acts may not give this consent.",
    ),
    Fault.SAME_STEWARD: Text(
        "Toisen henkilön on vahvistettava kirjaus.",
        "En annan person ska bekräfta anteckningen.",
        "Somebody else must confirm the record.",
    ),
    Fault.BAD_EVIDENCE: Text(
        "Tiedosto ei ole enintään 20 Mt:n PDF, PNG tai JPEG, tai sen tiiviste on toinen.",
        "Filen är inte en PDF, PNG eller JPEG på högst 20 MB, eller har en annan kontrollsumma.",
        "The file is not a PDF, PNG or JPEG of at most 20 MB, or its hash is another.",
    ),
    Fault.NOT_FOUND: Text("Kirjausta ei löytynyt.", "Anteckningen hittades inte.", "There is no such record."),
}


class ConsentError(Exception):
    """A command that is refused; nothing was changed. ``field`` names what is wrong, ``fault.text`` says it."""

    def __init__(self, fault: Fault, field: str) -> None:
        super().__init__(f"{field}: {fault.text.en}")
        self.fault = fault
        self.field = field
