"""Who each person is: identity code, names, birth, language, home, and the rare traits, in exact shares."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from simulators.population import names
from simulators.population.cast import HOME, ROLES, Role
from simulators.population.chance import Draw, Shuffle, Weighted, mixed
from simulators.population.hetu import HetuSpace, parts, replacing
from simulators.population.person import Guardianship, Home, Identity, KnownTo, PastHetu
from simulators.population.places import Place, Places

PROTECTED_SHARE = 0.01
# Of those, the ones whose protection TE has not heard of.
PROTECTION_UNKNOWN_TO_TE = 0.125
RENUMBERED_SHARE = 0.004
# Of those, the ones TE still keeps as two jobseekers.
TWICE_IN_TE = 0.4
DEAD_SHARE = 0.001
GUARDIAN_SHARE = 0.004
# Only a home with so many people for each role has them.
MOST_CAST = 5
CLIENTS_KNOWN_TO = Weighted(
    {
        frozenset({KnownTo.TE}): 0.34,
        frozenset({KnownTo.TE, KnownTo.KELA}): 0.52,
        frozenset({KnownTo.TE, KnownTo.SOTE}): 0.03,
        frozenset(KnownTo): 0.11,
    }
)
OTHERS_KNOWN_TO = Weighted(
    {
        frozenset({KnownTo.KELA}): 0.6,
        frozenset({KnownTo.SOTE}): 0.3,
        frozenset({KnownTo.KELA, KnownTo.SOTE}): 0.1,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """An identity with what only the sources' errors show."""

    identity: Identity
    known_to: frozenset[KnownTo]
    protection_unknown_to_te: bool
    twice_in_te: bool
    tym: bool


class Identities:
    """The identities of a population of one seed, as they are on its first day."""

    def __init__(self, *, seed: int, today: date, places: Places) -> None:
        self._seed, self._today, self._places = seed, today, places
        self._space = HetuSpace(seed=seed, today=today, reserved=frozenset(_born(role.hetu) for role in ROLES))
        self._protected, self._renumbered, self._dead, self._guarded = (
            Shuffle(places.people, seed, trait) for trait in range(0xA1, 0xA5)
        )
        self._roles = _cast(next(iter(places.runs(municipality=HOME)), range(0)))
        self._by_role_hetu = {role.hetu: index for index, role in self._roles.items()}
        if self._space.capacity < places.people:
            raise ValueError(f"There are identity codes for {self._space.capacity} people at most.")

    def place(self, index: int) -> Place:
        """Give where the person lives on their first day; those who arrive later live anywhere, by size."""
        if index < self._places.people:
            return self._places.of(index)[0]
        return self._places.of(mixed(self._seed, index, 0xA0) % self._places.people)[0]

    def of(self, index: int, today: date) -> Who:
        """Give who the person is; `today` is the first day, or the day the person arrived."""
        place, draw = self.place(index), Draw(self._seed, index, 1)
        born, code = self._space.born_and_code(index)
        spoken = names.language(draw, place.area)
        family, given = names.person_name(draw, spoken)
        drawn = Identity(
            hetu=code,
            past_hetus=(),
            family_name=family,
            given_names=given,
            born=born,
            died=None,
            language=spoken,
            protected=self._protected.chosen(index, PROTECTED_SHARE),
            guardianship=self._guardianship(index, draw, today),
            home=Home(
                municipality=place.municipality,
                area=place.area,
                county=place.county,
                since=max(born, today - timedelta(days=30 + draw.waiting(2500))),
            ),
        )
        who = Who(
            identity=drawn,
            known_to=self._known_to(index, draw),
            protection_unknown_to_te=self._protected.chosen(index, PROTECTED_SHARE * PROTECTION_UNKNOWN_TO_TE),
            twice_in_te=self._renumbered.chosen(index, RENUMBERED_SHARE * TWICE_IN_TE),
            tym=False,
        )
        role = self._roles.get(index)
        return _acting(who, role) if role else self._with_fate(who, index, draw, today)

    def index(self, code: str) -> int | None:
        """Give the person whose present or past code this may be; the caller compares with the identity."""
        return self._by_role_hetu.get(code, self._space.index(code))

    def twice_in_te(self) -> list[int]:
        """Give those whom TE may keep as two jobseekers on the first day."""
        return [
            self._renumbered.item(rank) for rank in range(round(RENUMBERED_SHARE * TWICE_IN_TE * self._places.people))
        ]

    def _known_to(self, index: int, draw: Draw) -> frozenset[KnownTo]:
        if index >= self._places.people:
            return draw.weighted(CLIENTS_KNOWN_TO)
        place, before = self._places.of(index)
        return draw.weighted(CLIENTS_KNOWN_TO if before < place.clients else OTHERS_KNOWN_TO)

    def _guardianship(self, index: int, draw: Draw, today: date) -> Guardianship | None:
        if not self._guarded.chosen(index, GUARDIAN_SHARE):
            return None
        return Guardianship(since=today - timedelta(days=100 + draw.waiting(900)), restriction=str(draw.between(1, 3)))

    def _with_fate(self, who: Who, index: int, draw: Draw, today: date) -> Who:
        """Add a replaced code and a death, each to its exact share of people."""
        identity = who.identity
        if self._renumbered.chosen(index, RENUMBERED_SHARE):
            until = today - timedelta(days=40 + draw.upto(900))
            identity = replace(
                identity, hetu=replacing(identity.hetu), past_hetus=(PastHetu(hetu=identity.hetu, until=until),)
            )
        if self._dead.chosen(index, DEAD_SHARE):
            identity = replace(identity, died=today - timedelta(days=1 + draw.upto(60)))
        return replace(who, identity=identity)


def _cast(run: range) -> dict[int, Role]:
    """Give the roles their indexes: TE clients first, as they come in the run of a municipality, the others at its end."""
    clients = [role for role in ROLES if KnownTo.TE in role.known_to]
    others = [role for role in ROLES if KnownTo.TE not in role.known_to]
    if len(run) < MOST_CAST * len(ROLES):
        return {}
    return dict(zip(run, clients, strict=False)) | dict(zip(reversed(run), others, strict=False))


def _acting(who: Who, role: Role) -> Who:
    identity = replace(
        who.identity,
        hetu=role.hetu,
        born=_born(role.hetu),
        family_name=role.family_name,
        given_names=role.given_names,
        language=role.language,
        protected=role.protected,
        died=role.died,
        guardianship=None,
    )
    return replace(
        who, identity=identity, known_to=role.known_to, protection_unknown_to_te=False, twice_in_te=False, tym=role.tym
    )


def _born(code: str) -> date:
    read = parts(code)
    assert read is not None
    return read[0]
