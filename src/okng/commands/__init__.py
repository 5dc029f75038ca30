"""One file per public verb: photos, a run or a model file -> a run folder with results."""
