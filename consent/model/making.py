"""How named tuples are made where it is done several times a decision."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

Made = TypeVar("Made", bound=tuple[Any, ...])


def maker(kind: type[Made]) -> Callable[[tuple[Any, ...]], Made]:
    """Return what makes a named tuple of all its values, in their order.

    Its own constructor does the same by way of a Python function, in three times the time; with it a decision takes a sixth longer.
    """
    return partial(tuple.__new__, kind)
