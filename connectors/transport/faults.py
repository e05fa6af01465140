"""The four groups of X-Road errors, told by code in either spelling and never by status (DOMAIN.md 3.3)."""

from enum import Enum
from typing import Final

import msgspec

from connectors.errors import AccessRefused, ConnectorError, OurBug, ProviderBroken, Transient
from connectors.scrub import scrubbed


class _Told(msgspec.Struct):
    message: str = ""


class Group(Enum):
    """What a code means for us; the value is what is raised."""

    OUR_BUG = OurBug
    TRANSIENT = Transient
    ACCESS = AccessRefused
    PROVIDER_BROKEN = ProviderBroken


def _leaves(text: str) -> frozenset[str]:
    return frozenset(_plain(name) for name in text.split())


def _plain(text: str) -> str:
    return text.replace("_", "").casefold()


_OUR_BUG: Final = _leaves(
    "invalid_request bad_request missing_header missing_header_field duplicate_header_field inconsistent_headers invalid_soap"
    " missing_soap missing_body invalid_body invalid_protocol_version invalid_client_identifier invalid_http_method"
    " invalid_content_type invalid_soap_action missing_rest service_type"
)
# Up to 7.7 one code read OutdatedGlobalConf; the words were put the other way round when the spelling changed.
_TRANSIENT: Final = _leaves(
    "io_error network_error unknown_host http_error internal_error database_error cannot_create_signature timestamping_failed"
    " logging_failed global_conf_outdated outdated_global_conf hsm_non_operational maintenance_mode"
)
_ACCESS: Final = _leaves("access_denied service_disabled unknown_service unknown_member ssl_authentication_failed")
_SERVICE_FAILED: Final = "servicefailed"


def normalised(code: str) -> tuple[str, ...]:
    """Bring both spellings to one: no prefix, no underscores, case folded, split at the dots."""
    return tuple(_plain(code.strip().rpartition(":")[2]).split("."))


def group(code: str) -> Group:
    """Tell the group of an X-Road error code; a code that nobody names is the provider's fault."""
    root, *_ = path = normalised(code)
    leaf = path[-1]
    if root == "client" or (leaf in _OUR_BUG and _SERVICE_FAILED not in path):
        return Group.OUR_BUG
    if leaf in _TRANSIENT:
        return Group.TRANSIENT
    return Group.ACCESS if leaf in _ACCESS else Group.PROVIDER_BROKEN


def error(code: str, message: str = "") -> ConnectorError:
    """Give the error of a code, X-Road's own or of no known contract, with its message kept short and free of HETUs."""
    told = f": {scrubbed(message)}" if message else "."
    raised: type[ConnectorError] = group(code).value
    return raised(f"The answer is the error {scrubbed(code)}{told}")


def message_of(body: bytes) -> str:
    """Give the message of an error that X-Road wrote for REST: JSON, as we ask for; anything else has none."""
    try:
        return msgspec.json.decode(body, type=_Told).message
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
