"""Who asks, what they may do, and which requests are refused before anything else."""

from okng.accounts import Scope
from okng.serve.security.caller import LOCAL, Caller
from okng.serve.security.guard import Guard, guard_of, require

__all__ = ["LOCAL", "Caller", "Guard", "Scope", "guard_of", "require"]
