"""Raw pages to the store: compressed, encrypted under a key per batch, hashed, with a manifest written last (PIPELINE.md 1)."""

from connectors.landing.attempt import Landing, Plan, sweep
from connectors.landing.key import BatchKey, new_key, unwrap
from connectors.landing.manifest import Manifest, Part
from connectors.landing.parts import open_parts, read_manifest

__all__ = [
    "BatchKey",
    "Landing",
    "Manifest",
    "Part",
    "Plan",
    "new_key",
    "open_parts",
    "read_manifest",
    "sweep",
    "unwrap",
]
