"""A question about one person at one moment: what all its items share; pure (CONSENT.md 5.1)."""

from datetime import datetime

from consent.model import Facts, Item, Offer, Request, Route, Stance, Standing, Stretch


class Case:
    """A request about one person at one moment; ``until`` is the first moment at which anything looked at starts or ends.

    A plain class: a frozen one takes twice as long to fill, and one is made for every decision.
    """

    __slots__ = ("at", "facts", "request", "stance", "until")

    def __init__(self, request: Request, facts: Facts, at: datetime) -> None:
        self.request, self.facts, self.at = request, facts, at
        self.stance: Stance = facts.stance(request.recipient, at)
        self.until = self.stance.until

    @property
    def closed(self) -> bool:
        """Whether a protected person's data stay closed to who asks."""
        return self.stance.protected and self.request.user not in self.stance.coaches

    def route(self, item: Item) -> Route:
        """Find the rules for an item."""
        request = self.request
        return self.facts.register.route(request.recipient, request.purpose, item.controller, item.category)

    def standing(self, route: Route) -> Standing:
        """Look at what stands of these rules for a recipient with these tasks."""
        standing = route.standing(self.at, self.stance.grounds)
        self.until = min(self.until, standing.until)
        return standing

    def said(self, offer: Offer, item: Item) -> Stretch:
        """Look at what the person has said under an agreement."""
        said = self.facts.said(offer.agreement.agreement_id, item.category, self.at, minor=self.stance.minor)
        self.until = min(self.until, said.end)
        return said
