"""The texts people consent to: what a new version has to keep to, and what two versions differ in (CONSENT.md 10)."""

from consent.notices.difference import Difference, Part, Span, difference
from consent.notices.succession import follows

__all__ = ["Difference", "Part", "Span", "difference", "follows"]
