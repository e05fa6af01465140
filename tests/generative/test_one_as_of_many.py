"""What is published of one person follows the rule itself, of many the bulk gate: drawn lives come to the same rows by both."""

import hashlib
import json
import os
from collections import Counter
from random import Random

import pytest

from consent import queries
from consent.bulk import snapshot
from consent.model import Item
from publish.queries.publishing import SectionKey
from publish.refresh import single, visible
from publish.refresh.sections import Fresh
from tests.spec import live, story, world

LIVES = int(os.environ.get("LUUKKU_GENERATIVE_LIVES", "100"))
MOMENTS = ("1.6.", "20.5. 10:00", "1.1.2027")
LEAST_HITS = 10
PURPOSES = {world.R: [world.TYO, world.TYM, world.KUNTAOSUUS], world.Q: [world.TYO], world.COUNTY: [world.TYO]}
REASONS = ("consent", "statute", "denied", "no_consent", "no_task", "withdrawn", "protected", "person_deceased")
DAYS = ("1.2.", "10.3.", "5.4.", "2.5.", "15.5.")
DATA = ((None, None), ("1.1.", None), (None, "1.4."), ("1.3.", "1.5."))
TEXTS = {
    "kela.vireillaolo": [{"kind": "pending", "received": day} for day in ("2026-02-10", "2026-04-20")],
    "kela.etuusjakso": [{"from": "2026-01-05", "to": "2026-03-31"}],
    "sote.kuntouttava-tyotoiminta": [
        {"status": "completed", "from": "2026-01-02", "to": "2026-03-15", "days_a_week": 2},
        {"status": "in-progress", "from": "2026-04-02", "days_a_week": 3},
    ],
    "sote.terveystarkastus-tehty": [{"done": "2026-03-20"}],
    "te.suunnitelma": [{"plan_type": "05", "state": "VOIMASSA", "signed": "2026-01-15"}],
}


def told(random):
    """Draw what happened to a person: mostly some yes, some no, and now and then an end of everything."""
    yield story.Tasks(random.choice((*[story.Tasks().held] * 6, (("residence", "10.5."),), (("tym", None),))))
    for item in random.sample(("K", "Sr", "Sh"), random.randint(0, 3)):
        yield story.Grant(random.choice(DAYS[:3]), item, data=random.choice(DATA))
        if random.random() < 0.3:
            yield story.withdraw(random.choice(DAYS[3:]), item)
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        source = random.choice(("kela", "sote", None))
        recipient = random.choice(("R", "Q", None))
        yield story.Deny(random.choice(DAYS), source=source, recipient=recipient, data=random.choice(DATA))
    if random.random() < 0.1:
        yield random.choice((story.Protected(), story.Protected(), story.Died("18.5.")))


def sections(random, person_id):
    held = random.sample([item for item in world.ITEMS.values() if isinstance(item, Item)], random.randint(0, 5))
    for item in held:
        text = json.dumps(TEXTS[item.category], separators=(",", ":"))
        yield Fresh(SectionKey(person_id, *item), text, hashlib.blake2b(text.encode(), digest_size=16).digest(), ())


@pytest.mark.timeout(300)
def test_one_person_comes_to_the_rows_that_many_come_to(examples, owner):
    random, reasons = Random(3), Counter()
    for _ in range(LIVES):
        with owner.transaction() as tx:
            person_id = live.live(tx, tuple(told(random)))
        published = list(sections(random, person_id))
        with owner.read(snapshot=True) as read:
            facts, taken = queries.facts(read, person_id=person_id, recipient=None), snapshot(read, people=[person_id])
        for at in map(world.moment, MOMENTS):
            of_many = visible.decide(taken, published, PURPOSES, at=at)

            assert single.decide(person_id, facts, published, PURPOSES, at=at) == of_many
            assert bool(facts.person.protected) != taken.protections.is_empty()

            reasons.update(of_many.decisions)
            reasons.update(entitled=len(of_many.entitled))

    assert {reason: reasons[reason] for reason in (*REASONS, "entitled") if reasons[reason] < LEAST_HITS} == {}
