"""``./luukku keys new | list``: the keyring made, and listed without what it holds (AMENDMENTS 12)."""

from cli.settings import Refusal, Settings
from db.errors import KeyringError
from db.keys import Key, State, list_keys, new_keyring


def new(settings: Settings, *, development: bool) -> str:
    """Make a keyring, and say where it is and what to do with it."""
    path = settings.environment("").keyring_path
    try:
        new_keyring(path, development=development)
    except KeyringError as error:
        raise Refusal(str(error), code=3) from None
    except PermissionError as error:
        raise Refusal(f"{error.filename} cannot be written to; name another file in LUUKKU_KEYRING.", code=3) from None
    return f"The keys are in {path}. Copy that file to a safe place of its own now: docs/operations.md says what a loss costs.\n"


def listed(settings: Settings) -> str:
    """Tell use, id, state and making of each key."""
    try:
        keys = list_keys(settings.environment("").keyring_path)
    except KeyringError as error:
        raise Refusal(str(error), code=3) from None
    rows = [(key.use, key.id, _state(key, keys), f"{key.made_at:%Y-%m-%d %H:%M}Z") for key in keys]
    return "".join(f"{use:<20} {id_:<30} {state:<9} {made}\n" for use, id_, state, made in sorted(rows))


def _state(key: Key, keys: tuple[Key, ...]) -> str:
    """Say what a key does: of two current ones of a use the newer takes over, and the rotation is not over."""
    newer = any(other.use is key.use and other.made_at > key.made_at for other in keys if other.state is State.CURRENT)
    return "rotating" if key.state is State.CURRENT and newer else key.state.value
