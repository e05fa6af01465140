"""A store that ends with its process: nothing of it touches a disk."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ForgetfulStore:
    """Files in memory, as `connectors.store.Store` has them."""

    files: dict[str, bytes] = field(default_factory=dict, repr=False)

    def put(self, path: str, body: bytes) -> None:
        """Keep a file in memory."""
        self.files[path] = body

    def get(self, path: str) -> bytes:
        """Give a file. Raises FileNotFoundError."""
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def folders(self, path: str) -> Iterator[str]:
        """Name the folders directly below one."""
        below = {name.removeprefix(f"{path}/") for name in self.files if name.startswith(f"{path}/")}
        return iter(sorted({name.partition("/")[0] for name in below if "/" in name}))

    def has(self, path: str) -> bool:
        """Tell whether there is a file."""
        return path in self.files

    def remove(self, path: str) -> None:
        """Forget a file or a folder."""
        for name in [name for name in self.files if name == path or name.startswith(f"{path}/")]:
            del self.files[name]
