"""The worked examples of CONSENT.md 6 and AMENDMENTS 1, row by row, and further ones of sentences that these leave untold."""

from tests.spec.story import (
    AgreementEnds,
    AgreementFor,
    Ask,
    Born,
    Deny,
    Died,
    Example,
    Fact,
    Grant,
    LawEnded,
    NewNotice,
    Protected,
    Represented,
    Suspended,
    Tasks,
    refuse,
    withdraw,
)
from tests.spec.world import KUNTAOSUUS, TYM

K, P, M, J, SH = (Ask((item,)) for item in ("K", "P", "M", "J", "Sh"))
SR_SH = Ask(("Sr", "Sh"))
SH_EMERGENCY = Ask(("Sh",), emergency=True)
THIS_YEAR = ("1.1.", "1.6.")


def permit(n: int, title: str, facts: tuple[Fact, ...], ask: Ask, reason: str, *owed: str, **more) -> Example:
    return Example(n, title, facts, ask, "PERMIT", (reason,), frozenset(owed), **more)


def deny(n: int, title: str, facts: tuple[Fact, ...] | None, ask: Ask, reason: str) -> Example:
    return Example(n, title, facts, ask, "DENY", (reason,))


def partial(n: int, title: str, facts: tuple[Fact, ...], ask: Ask, *reasons: str) -> Example:
    return Example(n, title, facts, ask, "PARTIAL", reasons)


GRANT = Grant()
A_MINOR = Born("1.1.2011")
GUARDIAN = Represented("A")
PAPER_SH = Grant("1.2.", "Sh", recorded="1.3.")
PAPER_SH_CONFIRMED = Grant("1.2.", "Sh", recorded="1.3.", confirmed="5.3.")
ALL_TO_R = Deny(recipient="R")
MATERIAL_IN_JUNE = NewNotice(2, "material", grace="14.6.")

CONSENTS = (
    deny(1, "nobody was asked", (), K, "no_consent"),
    permit(2, "a consent given", (GRANT,), K, "consent"),
    deny(3, "a consent refused", (refuse("1.2."),), K, "refused"),
    deny(4, "given, then withdrawn", (GRANT, withdraw("1.5.")), K, "withdrawn"),
    permit(5, "withdrawn, then given anew", (GRANT, withdraw("1.5."), Grant("15.5.")), K, "consent"),
    permit(
        6, "the last instant of a consent", (Grant(until="1.6. 12:00"),), Ask(("K",), "1.6. 11:59:59.999999"), "consent"
    ),
    deny(7, "the first instant after a consent", (Grant(until="1.6. 12:00"),), Ask(("K",), "1.6. 12:00"), "expired"),
    permit(8, "until a day includes that day", (Grant(until="31.5."),), Ask(("K",), "31.5. 23:30"), "consent"),
    deny(9, "until a day ends at midnight", (Grant(until="31.5."),), Ask(("K",), "1.6. 00:00"), "expired"),
    deny(10, "a consent that starts later", (Grant("1.5.", effective="1.7."),), K, "not_yet_valid"),
    permit(11, "a later start leaves the old one standing", (GRANT, Grant("1.5.", effective="1.7.")), K, "consent"),
    deny(12, "the agreement has ended", (GRANT, AgreementEnds("1.5.")), K, "agreement_invalid"),
    deny(13, "a consent for another recipient", (GRANT,), Ask(("K",), recipient="Q"), "no_agreement"),
    deny(14, "the facts cannot be read", None, K, "store_unavailable"),
    deny(15, "a category the purpose does not need", (), Ask(("P",), purpose=KUNTAOSUUS), "not_necessary"),
    partial(16, "one of two given", (Grant("1.2.", "Sr"), refuse("1.2.", "Sh")), SR_SH, "consent", "refused"),
)

STATUTES_AND_DENIALS = (
    permit(17, "a statute needs no consent", (), P, "statute"),
    permit(18, "a statute that overrides a denial", (Deny(source="te", recipient="R"),), P, "statute"),
    permit(19, "a statute that does not, and no denial", (), M, "statute"),
    deny(20, "a statute that does not, and a denial", (Deny(source="kela"),), M, "denied"),
    deny(21, "the statute has ended, nothing else is agreed", (GRANT, LawEnded("L2", "31.5.")), M, "no_agreement"),
    permit(22, "a statute before a consent", (AgreementFor("P"), Grant("1.2.", "P")), P, "statute"),
    deny(23, "a denial beats a consent", (GRANT, ALL_TO_R), K, "denied"),
    deny(24, "and a later consent too", (GRANT, ALL_TO_R, Grant("20.5.")), K, "denied"),
    permit(25, "until it is lifted", (GRANT, Deny(recipient="R", lifted="20.5.")), K, "consent"),
    deny(26, "while it stood it denied", (GRANT, Deny(recipient="R", lifted="20.5.")), Ask(("K",), "17.5."), "denied"),
    partial(
        27, "a denial of one", (Grant("1.2.", "Sr"), Grant("1.2.", "Sh"), Deny(item="Sh")), SR_SH, "consent", "denied"
    ),
    permit(28, "an emergency", (), SH_EMERGENCY, "emergency"),
    permit(29, "a denial save in an emergency", (Deny(source="sote", save_emergency=True),), SH_EMERGENCY, "emergency"),
    deny(30, "a denial in an emergency too", (Deny(source="sote"),), SH_EMERGENCY, "denied"),
    permit(31, "a consent before an emergency", (Grant("1.2.", "Sh"),), SH_EMERGENCY, "consent"),
    deny(32, "an emergency without a statute for it", (), Ask(("Sr",), emergency=True), "no_consent"),
)

NOTICES_AND_VOICES = (
    permit(33, "a new text, in its time of grace", (GRANT, MATERIAL_IN_JUNE), K, "consent", "renewal_due"),
    deny(34, "the time of grace is over", (GRANT, MATERIAL_IN_JUNE), Ask(("K",), "15.6. 00:00"), "notice_outdated"),
    deny(
        35,
        "an editorial text hides no material one",
        (GRANT, NewNotice(2, "material", grace="31.5."), NewNotice(3, "editorial", "20.5.")),
        K,
        "notice_outdated",
    ),
    permit(36, "a guardian speaks for a child", (A_MINOR, GUARDIAN, Grant(voice="A")), K, "consent"),
    deny(37, "until the 18th birthday", (Born("1.6.2008"), GUARDIAN, Grant(voice="A")), K, "representation_lapsed"),
    deny(
        38,
        "a mandate is checked every day",
        (Represented("A", "mandate"), Grant(voice="A")),
        K,
        "representation_lapsed",
    ),
    deny(
        39,
        "guardians disagree",
        (
            A_MINOR,
            GUARDIAN,
            Represented("B", checks=(("1.3.", True), ("30.5.", True))),
            Grant(voice="A"),
            refuse("1.3.", voice="B"),
        ),
        K,
        "conflict",
    ),
    permit(
        40,
        "a guardian without authority is not heard",
        (
            A_MINOR,
            GUARDIAN,
            Represented("B", checks=(("1.3.", True), ("30.5.", False))),
            Grant(voice="A"),
            refuse("1.3.", voice="B"),
        ),
        K,
        "consent",
    ),
    deny(
        41,
        "the person's own no stands",
        (
            A_MINOR,
            Represented("A", checks=(("1.2.", True), ("1.4.", True), ("30.5.", True))),
            Grant(voice="A"),
            withdraw("1.3."),
            Grant("1.4.", voice="A"),
        ),
        K,
        "withdrawn",
    ),
    deny(
        42,
        "a guardian against a competent minor",
        (
            A_MINOR,
            Represented("A", checks=(("1.3.", True), ("30.5.", True))),
            Grant(competent=True),
            withdraw("1.3.", voice="A"),
        ),
        K,
        "conflict",
    ),
)

TIMES = (
    deny(43, "a paper that nobody confirmed", (PAPER_SH,), SH, "pending_verification"),
    permit(44, "a paper confirmed", (PAPER_SH_CONFIRMED,), SH, "consent"),
    deny(45, "before it was confirmed", (PAPER_SH_CONFIRMED,), Ask(("Sh",), "3.3."), "pending_verification"),
    deny(46, "before a paper was recorded", (Grant(recorded="1.3."),), Ask(("K",), "15.2."), "not_yet_valid"),
    deny(
        47,
        "an unconfirmed paper after a withdrawal",
        (Grant("1.2.", "Sh"), withdraw("1.3.", "Sh"), Grant("1.5.", "Sh", recorded="2.5.")),
        SH,
        "pending_verification",
    ),
    deny(
        48,
        "a letter counts from its day",
        (GRANT, withdraw("1.5.", recorded="10.5.")),
        Ask(("K",), "5.5."),
        "withdrawn",
    ),
    permit(49, "a letter older than the consent", (Grant("3.3."), withdraw("1.3.", recorded="5.3.")), K, "consent"),
    deny(50, "a consent annulled never was", (Grant(invalidated="1.5."),), Ask(("K",), "1.3."), "invalidated"),
    permit(51, "a no annulled ends", (GRANT, withdraw("1.5.", invalidated="10.5.")), K, "consent"),
    deny(
        52, "but it stood until then", (GRANT, withdraw("1.5.", invalidated="10.5.")), Ask(("K",), "5.5."), "withdrawn"
    ),
    deny(53, "a pause", (GRANT, Suspended("1.5.")), K, "suspended"),
)

PERSONS_AND_PERIODS = (
    deny(54, "a person who has died", (Died("20.5."),), P, "person_deceased"),
    deny(55, "the task has ended", (GRANT, Tasks((("area", "31.5."),))), K, "no_task"),
    deny(56, "turvakielto", (Protected(),), P, "protected"),
    permit(57, "the named coach", (Protected("coach"),), Ask(("P",), user="coach"), "statute", "mask_location"),
    permit(
        58,
        "data from a day on",
        (Grant(data=("1.1.", None)),),
        Ask(("K",), data=("1.1.2025", "1.6.")),
        "consent",
        periods=(THIS_YEAR,),
    ),
    permit(
        59,
        "a denial of a month",
        (GRANT, Deny(recipient="R", data=("1.3.", "1.4."))),
        Ask(("K",), data=THIS_YEAR),
        "consent",
        periods=(("1.1.", "1.3."), ("1.4.", "1.6.")),
    ),
    permit(60, "a derived fact", (GRANT,), J, "consent"),
    deny(61, "a derived fact after a withdrawal", (GRANT, withdraw("1.5.")), J, "withdrawn"),
    deny(
        62,
        "a derived fact needs all of the period",
        (Grant(data=("1.3.", None)),),
        Ask(("J",), data=THIS_YEAR),
        "outside_data_period",
    ),
)

PURPOSE_AND_TASK = (
    deny(63, "not a client of joint support", (), Ask(("P",), purpose=TYM), "no_task"),
    deny(
        64,
        "joint support ended yesterday",
        (Tasks((("area", None), ("tym", "31.5."))),),
        Ask(("P",), purpose=TYM),
        "no_task",
    ),
    permit(65, "the municipality that pays, no longer the home", (Tasks((("financing", None),)),), M, "statute"),
    permit(
        66, "a client of joint support", (Tasks((("area", None), ("tym", None))),), Ask(("P",), purpose=TYM), "statute"
    ),
)

GUARDIANS = (A_MINOR, Represented("A"), Represented("B"))

FURTHER = (
    deny(
        67,
        "guardians agree, and what the last one gave has run out: the last act decides (CONSENT.md 1, 4)",
        (*GUARDIANS, Grant("1.2.", voice="A"), Grant("1.3.", voice="B", until="31.5.")),
        K,
        "expired",
    ),
    deny(
        68,
        "guardians agree on a no: the last act decides (CONSENT.md 1, 4)",
        (*GUARDIANS, withdraw("1.2.", voice="A"), refuse("1.3.", voice="B")),
        K,
        "refused",
    ),
    deny(
        69,
        "an emergency, and a denial of other data than are asked: every matching one has to allow it (CONSENT.md 5.1)",
        (Deny(item="Sh", data=("1.3.", "1.4.")),),
        Ask(("Sh",), emergency=True, data=("1.1.", "1.2.")),
        "no_consent",
    ),
    permit(
        70,
        "an emergency, and a denial of other data that allows it",
        (Deny(item="Sh", data=("1.3.", "1.4."), save_emergency=True),),
        Ask(("Sh",), emergency=True, data=("1.1.", "1.2.")),
        "emergency",
    ),
)

EXAMPLES = (
    *CONSENTS,
    *STATUTES_AND_DENIALS,
    *NOTICES_AND_VOICES,
    *TIMES,
    *PERSONS_AND_PERIODS,
    *PURPOSE_AND_TASK,
    *FURTHER,
)
