"""The people who are always there, in Savonlinna, so that tests and demonstrations can ask for them by name."""

from dataclasses import dataclass
from datetime import date

from simulators.population.person import KnownTo

HOME = "740"
EVERYWHERE = frozenset(KnownTo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What is fixed about a person; everything else is drawn as for others."""

    hetu: str
    family_name: str
    given_names: str
    language: str = "fi"
    protected: bool = False
    tym: bool = False
    died: date | None = None
    known_to: frozenset[KnownTo] = EVERYWHERE


ROLES = (
    # The person of the samples in DOMAIN.md 4.5, 5.4 and 6.4.
    Role(hetu="120384-9128", family_name="Esimerkki", given_names="Aino Maria", tym=True),
    # Two people whose codes differ in the sign only (DOMAIN.md 2.3).
    Role(hetu="100190-999P", family_name="Kaksonen", given_names="Eero Olavi"),
    Role(hetu="100190Y999P", family_name="Toinen", given_names="Eila Orvokki"),
    # The leap day that 1900 did not have.
    Role(hetu="290200A900B", family_name="Karkaus", given_names="Päivi", language="sv"),
    # Under turvakielto in the files of reference/fhir and reference/vtj too.
    Role(hetu="010594Y9032", family_name="Henkilö", given_names="Turva", protected=True),
    Role(hetu="010170-960F", family_name="Meikäläinen", given_names="Maija", protected=True),
    # The last ones of the oldest and a newer sign.
    Role(
        hetu="311299+903B",
        family_name="Vanhanen",
        given_names="Wilhelmina",
        died=date(1989, 3, 2),
        known_to=frozenset({KnownTo.KELA}),
    ),
    Role(hetu="311203B900F", family_name="Uusimerkki", given_names="Noel"),
)
