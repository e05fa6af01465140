"""What the web process is told about itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """``issuer`` is the public base address, without a slash at the end: of the tokens, and of the addresses that proofs name.

    ``also_at`` are further public addresses that lead here. ``workers``: processes that share the work, and so the limits.
    ``artificial_only``: HETUs of real people are refused.
    """

    issuer: str
    version: str
    also_at: tuple[str, ...] = ()
    workers: int = 1
    artificial_only: bool = True

    @property
    def audience(self) -> str:
        """Whom access tokens are for."""
        return f"{self.issuer}/v1"

    @property
    def token_endpoint(self) -> str:
        """Where tokens are given."""
        return f"{self.issuer}/oauth/token"

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every public base address."""
        return (self.issuer, *self.also_at)
