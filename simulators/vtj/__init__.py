"""The population register's stand-in: its service, its picture of a person, and the register behind it."""

from simulators.vtj.picture import Address, Municipality, Registered
from simulators.vtj.register import drawn_from
from simulators.vtj.service import Replaced, Vtj

__all__ = ["Address", "Municipality", "Registered", "Replaced", "Vtj", "drawn_from"]
