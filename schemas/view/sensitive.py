"""TE codes that are sensitive even bare: their rows are shown in ``te.arkaluonteiset`` and nowhere else (DOMAIN.md 4.4)."""

from typing import Final

TASKS: Final = frozenset(
    {"015", "016", "027", "029", "030", "031", "034", "068", "069", "071", "072", "074", "084", "085", "086"}
)
"""toimikoodi"""
PLAN_TYPES: Final = frozenset({"03", "07"})
"""toimsuunlaji"""
SEGMENTS: Final = frozenset({"03", "05"})
"""segmenttikoodi"""
SERVICES: Final = frozenset({"05"})
"""palvelukoodi; ``5`` is another one and not sensitive"""
END_REASONS: Final = frozenset({"12"})
"""psyy"""
