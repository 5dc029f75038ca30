"""The main job: a folder of photos -> a run folder with a proven inspector.

The stages are called in order and hand files from one to the next. What a stage does inside, this
package does not know.
"""

from okng.pipeline.auditing import Audit, audit
from okng.pipeline.job import Run, train
from okng.pipeline.sharing import split

__all__ = ["Audit", "Run", "audit", "split", "train"]
