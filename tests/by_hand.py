"""Answers written by hand, landed as if a source had given them, and taken through the stages to staging."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from connectors import runs, te
from connectors.landing import Landing, new_key
from connectors.landing.attempt import Plan
from connectors.queries import books
from connectors.source import Page, Window, XRoadIds
from connectors.store import open_store
from db.engine import Login
from db.ids import uuid7
from db.keys import Use
from schemas.vocabulary import Source
from tests.pulling import House

MODIFIED = "2026-06-03T08:15:22Z"
LISTS = (
    "tyonhakijat",
    "tyollisyysjaksot",
    "suunnitelmat",
    "palveluosallistumiset",
    "yhteydenotot",
    "palvelulinjat",
    "poistot",
)


def an_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def a_jobseeker(name: str, hetu: str, born: str, **changed) -> dict:
    return {
        "id": an_id(name),
        "versio": 1,
        "muokattuAika": MODIFIED,
        "henkilotunnus": hetu,
        "henkilotunnusHistoria": [],
        "sukunimi": "Esimerkki",
        "etunimet": "Aino",
        "syntymaPvm": born,
        "kuolinPvm": None,
        "edunvalvonta": False,
        "kotikunta": {"kuntakoodi": "740", "alkuPvm": "2019-08-01"},
        "tyollisyysalue": "36",
        "turvakielto": False,
        "asiointikieli": "fi",
        "kielitaso": None,
        "tyonhakuAlkanutPvm": "2025-02-20",
        "tyonhakuPaattynytPvm": None,
        "tymAsiakas": False,
        "tymAlkuPvm": None,
        "kotoutumisasiakas": False,
        "vastuuasiantuntija": None,
    } | changed


def a_period(name: str, of: str, start: str, end: str | None = None, *, code: str = "07", **changed) -> dict:
    return {
        "id": an_id(name),
        "versio": 1,
        "muokattuAika": MODIFIED,
        "tyonhakijaId": an_id(of),
        "tyollkoodi": code,
        "alkuPvm": start,
        "loppuPvm": end,
        "psyy": None,
    } | changed


def a_deletion(name: str, target: str, cause: str, *, kind: str = "Tyollisyysjakso", into: str | None = None) -> dict:
    return {
        "id": an_id(name),
        "versio": 1,
        "muokattuAika": MODIFIED,
        "tyonhakijaId": None,
        "tietotyyppi": kind,
        "kohdeId": an_id(target),
        "syy": cause,
        "uusiId": an_id(into) if into else None,
    }


@dataclass(frozen=True)
class Written:
    """A source that answers what it was told to."""

    lists: dict
    stamp: datetime
    interface: str = "by hand"

    def pull(self, window):
        for kind in LISTS:
            answer = {"tiedot": self.lists.get(kind, []), "sivutus": {"sivu": 0, "maara": 500, "jatko": None}}
            body = json.dumps(answer | {"vesileima": f"{self.stamp:%Y-%m-%dT%H:%M:%SZ}"}, ensure_ascii=False).encode()
            yield Page(
                kind=kind,
                body=body,
                stamp=self.stamp,
                xroad=XRoadIds(id=an_id(kind), service="by hand"),
                records=len(self.lists.get(kind, [])),
            )


class Desk(House):
    """A house whose TE source is written by hand; days pass with each answer."""

    day = 0

    @property
    def at(self):
        return datetime(2026, 6, 4, 2, 1, tzinfo=UTC) + timedelta(days=self.day)

    def answer(self, *, full: bool = True, place: str = "36", **lists):
        """Take one answer of TE to staging; gives the batch's state, counts and why it is held."""
        planned, landed = self.landed(full=full, place=place, **lists)
        self.merge("te", planned, landed)
        self.day += 1
        ids = [each["batch"] for each in planned]
        return self.ask(
            "SELECT state, counts, held FROM staging.batch WHERE batch_id = ANY (CAST(:ids AS uuid[]))", ids=ids
        )[0]

    def landed(self, *, full: bool, place: str, **lists):
        planned = [
            each for each in runs.plan(self.environment, source="te", at=self.at, full=full) if each["shard"] == place
        ]
        (batch,) = planned
        with self.environment.database(Login.CONNECTOR) as database, database.transaction() as tx:
            key, wrapped = new_key(tx.keyring, batch["batch"])
            since = None if batch["since"] is None else datetime.fromisoformat(batch["since"])
            plan = Plan(
                batch=batch["batch"],
                source=Source.TE,
                place=place,
                shard=place,
                window=Window(since=since),
                parser=te.PARSER,
                code="tests",
                key_id=tx.keyring.key_ids(Use.STORE)[0],
            )
            store = open_store(self.environment.store)
            landing = Landing(store=store, key=key, now=lambda: self.at, new_id=lambda: str(uuid7(self.at)))
            manifest, digest = landing.land(Written(lists, self.at - timedelta(minutes=1)), plan)
            books.mark_landed(
                tx,
                batch_id=batch["batch"],
                manifest=manifest.path,
                sha256=digest,
                since=manifest.since,
                stamp=manifest.until,
                records=manifest.records,
                store_key=wrapped,
                at=self.at,
            )
        return planned, [{"batch": batch["batch"], "manifest": manifest.path, "records": manifest.records}]

    def refused(self):
        """Give what waits in quarantine: record, and the codes of its failures."""
        rows = self.ask(
            "SELECT record, failures FROM staging.quarantine WHERE closed_at IS NULL ORDER BY record, record_key"
        )
        return [(record, sorted(each["code"] for each in failures)) for record, failures in rows]
