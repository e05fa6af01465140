"""Which events are a look at somebody, were meant to be one, or let a source know that somebody is a client here."""

from typing import Final

from audit.catalogue import EventType

_LOOKING: Final = ("disclosure", "query", "evidence", "log")
LOOKS: Final = (
    *(
        type_.value
        for type_ in EventType
        if type_.partition(".")[0] in _LOOKING and type_ not in (EventType.LOG_VERIFIED, EventType.EVIDENCE_ADDED)
    ),
    EventType.PERSON_SEARCHED.value,
    EventType.PERSON_VIEWED.value,
    EventType.PERSON_ASKED.value,
    EventType.RECEIPT_ISSUED.value,
)
