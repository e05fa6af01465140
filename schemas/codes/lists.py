"""A closed list of codes, each with the days it was in use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code and what it means; both ends of its validity are inclusive, None is open. `unverified` marks days to be confirmed."""

    code: str
    name_fi: str
    valid_from: date | None = None
    valid_until: date | None = None
    unverified: bool = False

    def valid(self, on: date) -> bool:
        """Whether the code was in use on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes by their text: ``05`` is not ``5``, so nothing here is ever a number."""

    name: str
    codes: tuple[Code, ...]
    _by_code: Mapping[str, Code] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {code.code: code for code in self.codes})

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Code:
        return self._by_code[code]

    def valid(self, code: str, on: date) -> bool:
        """Whether the list holds the code and it was in use on that day."""
        return code in self._by_code and self._by_code[code].valid(on)

    @property
    def always(self) -> tuple[str, ...]:
        """The codes without a first or last day."""
        return tuple(code.code for code in self.codes if code.valid_from is None and code.valid_until is None)

    @property
    def dated(self) -> tuple[Code, ...]:
        """The codes that began or ended within memory."""
        return tuple(code for code in self.codes if code.valid_from is not None or code.valid_until is not None)


def closed(name: str, codes: Iterable[str]) -> CodeList:
    """Make a list of codes that speak for themselves."""
    return CodeList(name, tuple(Code(code=code, name_fi=code) for code in codes))
