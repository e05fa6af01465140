"""Code lists of the sote source: FHIR R4 value sets that its whitelisted elements draw on (DOMAIN.md 6.2)."""

from typing import Final

from schemas.codes.lists import closed

EPISODE_STATES: Final = closed(
    "episode-of-care-status", ("planned", "waitlist", "active", "onhold", "finished", "cancelled", "entered-in-error")
)
REQUEST_STATES: Final = closed(
    "request-status", ("draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown")
)
ACTIVITY_STATES: Final = closed(
    "care-plan-activity-status or encounter-status",
    (
        "planned",
        "arrived",
        "triaged",
        "onleave",
        "finished",
        "not-started",
        "scheduled",
        "in-progress",
        "on-hold",
        "completed",
        "cancelled",
        "stopped",
        "unknown",
        "entered-in-error",
    ),
)
"""Rehabilitative work comes as an activity of a plan or as an Encounter of its own: both value sets."""
SHOWN_TASKS: Final = closed("toimikoodi-sote", ("016", "034", "068", "072", "086"))
"""Rehabilitative work (072, 086), health check (034), work-ability assessment (016, 068): nothing else of a plan is kept."""
