"""Raw pages to the store: compressed, encrypted under a key per batch, hashed, with a manifest written last (PIPELINE.md 1)."""

from connectors.landing.attempt import Landing, Plan, sweep
from connectors.landing.key import BatchKey, new_key, unwrap
from connectors.landing.manifest import Manifest, Part
from connectors.landing.parts import open_parts, read_manifest
from connectors.landing.stage import Stage, land

__all__ = [
    "BatchKey",
    "Landing",
    "Manifest",
    "Part",
    "Plan",
    "Stage",
    "land",
    "new_key",
    "open_parts",
    "read_manifest",
    "sweep",
    "unwrap",
]
