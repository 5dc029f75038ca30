"""Whether photos to judge show what a model file was made from: copies, turned or changed ones.

Training leaves its traces (`keeping`), a model file and its run folder give them back (`origin`),
and `matching` compares photos with them. `wording` puts it into metrics.json.
"""
