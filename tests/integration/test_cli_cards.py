"""The parties of a developer's machine are called and reached, so that every record of theirs is whole."""

from cli.development.agreements import agreements
from cli.development.cards import cards
from cli.development.furnish import BY
from cli.development.parties import authority
from consent import terms
from consent.queries.receipts import Issuer, issuing, name_issuer
from consent.receipts import parties
from db.clock import now

AREA = authority("36")


def test_every_party_of_an_agreement_has_a_whole_card(owner):
    with owner.transaction() as tx:
        for card in cards([AREA]):
            terms.describe(tx, card, by=BY, at=now())

        for agreed in agreements(AREA):
            found = parties.cards(tx, agreed.terms.controller, agreed.terms.recipient)
            assert [card.complete for card in found] == [True, True]


def test_the_last_card_of_a_party_counts(owner):
    first, *_ = cards([AREA])
    with owner.transaction() as tx:
        terms.describe(tx, first, by=BY, at=now())
        later = parties.Card(id=first.id, name=first.name, email="new@example.fi", street="A", postcode="1", town="B")
        terms.describe(tx, later, by=BY, at=now())

        assert parties.cards(tx, first.id) == [later]


def test_receipts_are_issued_under_the_address_that_was_named(owner, web_login):
    with owner.transaction() as tx:
        name_issuer(tx, url="http://127.0.0.1:8600", log="luukku.example")

    with web_login.read() as read:
        assert issuing(read) == Issuer("http://127.0.0.1:8600", "luukku.example")
