"""Names of classes: their meaning (good or defective) and their spelling."""

from okng.dataset.naming.spelling import alike, clean_label, spelling_key
from okng.dataset.naming.words import Sense, sense, shared_words

__all__ = ["Sense", "alike", "clean_label", "sense", "shared_words", "spelling_key"]
