"""Where the reference and the product are known to part: each as an example, and as the mark by which a drawn case is left out.

The document is read here as it stands. When the product follows, or the document says otherwise, the row goes and so does its mark.
"""

from consent.model import Item
from tests.generative.reference_rule.case import Case
from tests.generative.reference_rule.scene import YES
from tests.generative.reference_rule.wills import key_of
from tests.spec.examples import A_MINOR, deny
from tests.spec.story import Ask, Deny, Grant, Represented

GUARDIANS = (A_MINOR, Represented("A"), Represented("B"))

EXAMPLES = (
    deny(
        1,
        "guardians agree, and what the last one gave has run out (CONSENT.md 1: the last act on a key decides that key)",
        (*GUARDIANS, Grant("1.2.", voice="A"), Grant("1.3.", voice="B", until="31.5.")),
        Ask(("K",)),
        "expired",
    ),
    deny(
        2,
        "an emergency, and a denial of other data than are asked (CONSENT.md 5.1: every matching denial has allow_emergency)",
        (Deny(item="Sh", data=("1.3.", "1.4.")),),
        Ask(("Sh",), emergency=True, data=("1.1.", "1.2.")),
        "no_consent",
    ),
)


def is_open(case: Case) -> bool:
    """Tell whether an item touches a row of the examples."""
    known = case.item.category in case.register.sources
    return known and (any(_runs_out_first(case)) or _denies_other_data(case))


def _runs_out_first(case: Case):
    """For each agreement: whether the last of agreeing representatives' consents has run out, and an earlier one has not."""
    for agreement in case.agreements:
        key = key_of(case.scene, agreement.agreement_id, case.item.category)
        ends = {act.valid_until > case.scene.at for act in key.with_authority if act.kind in YES}
        yield not key.own and len(ends) > 1


def _denies_other_data(case: Case) -> bool:
    return case.claimed and any(
        not row.allow_emergency and not case.asked.within(row.data_from, row.data_until) for row in case.denials
    )


def parts(item) -> tuple[Item, ...]:
    return (item,) if isinstance(item, Item) else item.inputs
