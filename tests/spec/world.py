"""The world of CONSENT.md 6: parties, agreements, statutes and notices of the worked examples, and their moments."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from consent.model import (
    Agreement,
    Change,
    Derived,
    Item,
    Notice,
    Period,
    Register,
    Statute,
    StatuteKind,
)
from schemas.vocabulary import PartyKind, TaskGround

HELSINKI = ZoneInfo("Europe/Helsinki")
YEAR = 2026

KEHA, KELA, COUNTY = "2296962-1", "0246246-0", "3221331-8"
R, Q = "0166906-4", "0215132-0"
PARTIES = {
    KEHA: PartyKind.KEHA,
    KELA: PartyKind.KELA,
    COUNTY: PartyKind.COUNTY,
    R: PartyKind.EMPLOYMENT_AUTHORITY,
    Q: PartyKind.EMPLOYMENT_AUTHORITY,
}
TYO, TYM, KUNTAOSUUS = "TYO-380-2023", "TYM-381-2023", "KUNTAOSUUS"

ITEMS: dict[str, Item | Derived] = {
    "K": Item("kela.vireillaolo", KELA),
    "Sr": Item("sote.kuntouttava-tyotoiminta", COUNTY),
    "Sh": Item("sote.terveystarkastus-tehty", COUNTY),
    "P": Item("te.suunnitelma", KEHA),
    "M": Item("kela.etuusjakso", KELA),
    "J": Derived("J", (Item("te.tyollisyys", KEHA), Item("kela.vireillaolo", KELA))),
}


def moment(said: str) -> datetime:
    """Read ``1.6.`` as noon in Helsinki in 2026, ``1.6. 11:59:59.999999`` as that moment, ``1.1.2025`` as midnight."""
    day, _, clock = said.partition(" ")
    parts = [int(part) for part in day.split(".") if part]
    midnight = len(parts) == 3
    on = date(parts[2] if midnight else YEAR, parts[1], parts[0])
    clock_time = time.fromisoformat(clock) if clock else time(0) if midnight else time(12)
    return datetime.combine(on, clock_time, HELSINKI).astimezone(UTC)


def day(said: str) -> datetime:
    """Read a bare date as midnight."""
    return moment(f"{said} 00:00")


def after(said: str) -> datetime:
    """Read "until 31.5." as the midnight that ends that day."""
    return (day(said).astimezone(HELSINKI) + timedelta(days=1)).astimezone(UTC)


K_AGREEMENT, S_AGREEMENT, P_AGREEMENT = (UUID(int=n) for n in (1, 2, 3))
L1, L2, EMERGENCY_ROW, TYM_ROW, SHARE_ROW = (UUID(int=n) for n in (11, 12, 13, 14, 15))
YEARS = Period(moment("1.1.2026"), moment("1.1.2028"))


def notice(n: int, change: str, published: str, grace_until: str | None = None) -> Notice:
    return Notice(n, Change(change), moment(published), after(grace_until) if grace_until else moment(published))


FIRST = Notice(1, Change.FIRST, moment("1.1.2026"), moment("1.1.2026"))


def an_agreement(agreement_id: UUID, controller: str, *items: str, **changed: object) -> Agreement:
    told: dict[str, object] = {
        "agreement_id": agreement_id,
        "controller": controller,
        "recipient": R,
        "purpose": TYO,
        "categories": frozenset(ITEMS[item].category for item in items),
        "in_force": YEARS,
        "notices": (FIRST,),
        "onward": True,
    }
    return Agreement(**{**told, **changed})


def a_statute(statute_id: UUID, key: str, controller_kind: PartyKind, *categories: str, **changed: object) -> Statute:
    told: dict[str, object] = {
        "statute_id": statute_id,
        "version": 1,
        "key": key,
        "controller_kind": controller_kind,
        "categories": frozenset(categories),
        "recipient_kind": PartyKind.EMPLOYMENT_AUTHORITY,
        "purpose": TYO,
    }
    return Statute(**{**told, **changed})


def agreements() -> dict[str, Agreement]:
    return {"K": an_agreement(K_AGREEMENT, KELA, "K"), "S": an_agreement(S_AGREEMENT, COUNTY, "Sr", "Sh")}


def statutes() -> dict[str, Statute]:
    """L1 and L2 of the examples, the row for emergencies, and the TYM row of AMENDMENTS 1."""
    return {
        "L1": a_statute(L1, "STATUTE_TYO", PartyKind.KEHA, "te.tyollisyys", "te.suunnitelma"),
        "L2": a_statute(
            L2,
            "STATUTE_SHARE",
            PartyKind.KELA,
            "kela.etuusjakso",
            purpose=KUNTAOSUUS,
            overrides_denial=False,
            task_ground=TaskGround.FINANCING,
        ),
        "E": a_statute(
            EMERGENCY_ROW,
            "STATUTE_EMERGENCY",
            PartyKind.COUNTY,
            "sote.terveystarkastus-tehty",
            kind=StatuteKind.EMERGENCY,
        ),
        "TYM": a_statute(
            TYM_ROW, "STATUTE_TYM", PartyKind.KEHA, "te.suunnitelma", purpose=TYM, task_ground=TaskGround.TYM
        ),
    }


def a_register(rows: dict[str, Agreement], laws: dict[str, Statute]) -> Register:
    return Register(seq=1, agreements=tuple(rows.values()), statutes=tuple(laws.values()), parties=PARTIES)


__all__ = ["replace", "timedelta"]
