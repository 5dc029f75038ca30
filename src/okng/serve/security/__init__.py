"""Who asks, what they may do, and which requests are refused before anything else."""

from okng.accounts import Scope
from okng.serve.security.caller import Caller
from okng.serve.security.guard import Guard, caller_with, guard_of, require
from okng.serve.security.protect import protect
from okng.serve.security.rates import Rates
from okng.serve.security.slow import TimedProtocol
from okng.serve.security.tls import check_open, check_tls

__all__ = [
    "Caller",
    "Guard",
    "Rates",
    "Scope",
    "TimedProtocol",
    "caller_with",
    "check_open",
    "check_tls",
    "guard_of",
    "protect",
    "require",
]
