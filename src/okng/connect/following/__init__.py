"""Follows a model: the station fetches it from an address whenever it changes there.

Fetched whole, checked by digest, seal and signature, and only then loaded, as the shadow or live.
Whatever goes wrong, the models of before go on judging, and an alarm is on.
"""

from okng.connect.following.first_start import first_model
from okng.connect.following.follower import Follower, following

__all__ = ["Follower", "first_model", "following"]
