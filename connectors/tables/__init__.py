"""The tables of schema staging: the records as the sources gave them, and the books kept about the pulls."""

from connectors.tables import books, kela, people, sote, te
from connectors.tables.books import batch, connection, pending, quarantine, source_health, to_ask, watermark
from connectors.tables.kela import etuusratkaisu, maksu, paivalaskuri, vireillaolo
from connectors.tables.people import identity, person, protection, worker
from connectors.tables.sote import (
    asiakassuhde,
    palvelutarve,
    potilas,
    sote_suunnitelma,
    sote_toimenpide,
    tyokyvyn_rajoite,
    yhteyshenkilo,
)
from connectors.tables.te import (
    palvelulinja,
    palveluosallistuminen,
    suunnitelma,
    tyollisyysjakso,
    tyonhakija,
    yhteydenotto,
)

__all__ = [
    "asiakassuhde",
    "batch",
    "books",
    "connection",
    "etuusratkaisu",
    "identity",
    "kela",
    "maksu",
    "paivalaskuri",
    "palvelulinja",
    "palveluosallistuminen",
    "palvelutarve",
    "pending",
    "people",
    "person",
    "potilas",
    "protection",
    "quarantine",
    "sote",
    "sote_suunnitelma",
    "sote_toimenpide",
    "source_health",
    "suunnitelma",
    "te",
    "to_ask",
    "tyokyvyn_rajoite",
    "tyollisyysjakso",
    "tyonhakija",
    "vireillaolo",
    "watermark",
    "worker",
    "yhteydenotto",
    "yhteyshenkilo",
]
