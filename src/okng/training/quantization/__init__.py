"""INT8: the frozen layers of a network in whole numbers, before anything is fitted on them."""
