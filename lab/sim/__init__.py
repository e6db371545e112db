"""The simulated switch: an AMI server that runs the dialplan kit itself and answers as Asterisk does, without sound.

`SimSwitch` is the whole of it in-process; `python -m lab.sim` runs it as a process of its own."""

from lab.sim.phones import Policy, SimCall, SimPhone
from lab.sim.switch import SimSwitch

__all__ = ["Policy", "SimCall", "SimPhone", "SimSwitch"]
