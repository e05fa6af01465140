"""The synthetic people: the same for the same seed, each a pure function of seed, place in the population and day."""

from simulators.population.changes import Change
from simulators.population.index import DEFAULT_PEOPLE, Population, records_of
from simulators.population.kela_records import Etuusratkaisu, KelaRecords, Maksu, Paivalaskuri, Vireillaolo
from simulators.population.person import Answer, Guardianship, Home, Identity, KnownTo, PastHetu, Person, Wish
from simulators.population.sote_records import (
    Activity,
    CarePlan,
    ContactPerson,
    Episode,
    Limitation,
    RehabilitativeWork,
    ServiceNeed,
    SotePatient,
    SoteRecord,
    SoteRecords,
)
from simulators.population.te_records import (
    Palvelulinja,
    Palveluosallistuminen,
    Poisto,
    Suunnitelma,
    TeRecords,
    Tyollisyysjakso,
    Tyonhakija,
    Yhteydenotto,
)

__all__ = [
    "DEFAULT_PEOPLE",
    "Activity",
    "Answer",
    "CarePlan",
    "Change",
    "ContactPerson",
    "Episode",
    "Etuusratkaisu",
    "Guardianship",
    "Home",
    "Identity",
    "KelaRecords",
    "KnownTo",
    "Limitation",
    "Maksu",
    "Paivalaskuri",
    "Palvelulinja",
    "Palveluosallistuminen",
    "PastHetu",
    "Person",
    "Poisto",
    "Population",
    "RehabilitativeWork",
    "ServiceNeed",
    "SotePatient",
    "SoteRecord",
    "SoteRecords",
    "Suunnitelma",
    "TeRecords",
    "Tyollisyysjakso",
    "Tyonhakija",
    "Vireillaolo",
    "Wish",
    "Yhteydenotto",
    "records_of",
]
