"""The server of a station: HTTP on the outside, `okng.station` on the inside.

Routes translate; what is decided and stored is decided and stored below. It is one process, and it
never imports torch.
"""

from okng.serve.app import create_app
from okng.serve.context import Serving

__all__ = ["Serving", "create_app"]
