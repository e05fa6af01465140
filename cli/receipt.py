"""``./luukku receipt verify | keys``: a receipt checked offline, and the public keys that check it (CONSENT.md 12)."""

import json
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cli.settings import Refusal, Settings
from consent.receipts import Finding, jwks
from consent.receipts.verifying import LONGEST, Verdict, keys_of, verify
from db.errors import KeyringError
from db.keys import Keyring, Use

EXIT_CODES: Final = MappingProxyType(
    {Verdict.VERIFIED: 0, Verdict.REFUTED: 1, Verdict.MALFORMED: 2, Verdict.UNKNOWN_KEY: 3}
)
SHOWN: Final = ("event", "state", "signed", "effective", "recorded", "until", "by", "channel", "status")


def verified(settings: Settings, file: Path, keys: Path | None) -> tuple[str, int]:
    """Check a receipt against a JWKS, this instance's own without one; gives what to print and the exit code."""
    text = _text(file, "receipt")
    given = _given(keys) if keys is not None else own_keys(settings)["keys"]
    found = verify(text, given)
    return _told(found), EXIT_CODES[found.verdict]


def own_keys(settings: Settings) -> dict[str, Any]:
    """Give the public halves of the receipt keys of this instance, former ones too."""
    try:
        return dict(jwks(Keyring.open(settings.environment("").keyring_path, {Use.RECEIPT})))
    except KeyringError as error:
        raise Refusal(str(error), code=3) from None


def _given(keys: Path) -> list[Any]:
    try:
        return list(keys_of(_text(keys, "JWKS")))
    except ValueError:
        raise Refusal(f"{keys} is not a JWKS: an object with a list of keys.") from None


def _text(file: Path, what: str) -> str:
    try:
        body = file.read_bytes()[: LONGEST + 1]
        return body.decode("utf-8")
    except OSError:
        raise Refusal(f"The {what} {file} cannot be read.") from None
    except UnicodeDecodeError:
        raise Refusal(f"The {what} {file} is not text.") from None


def _told(found: Finding) -> str:
    """Write the verdict, then what is wrong, then what the receipt says; never whom it is about."""
    lines = [f"{found.verdict.value}" + (f", key {found.key_id}" if found.key_id else ""), *found.wrong]
    said = [(name, found.claims.get(name)) for name in SHOWN if found.claims.get(name) is not None]
    lines += [f"{name:<10} {value}" for name, value in said]
    lines += [f"{'item':<10} {json.dumps(item, sort_keys=True)}" for item in found.claims.get("items", [])]
    return "\n".join(lines) + "\n"
