"""Who uses a page, for the signatures of its routes."""

from typing import Annotated

from fastapi import Depends

from okng.serve.security import Caller, Scope, require

JudgeNow = Annotated[Caller, Depends(require(Scope.JUDGE))]
"""Somebody who may have photos judged."""
ReviewerNow = Annotated[Caller, Depends(require(Scope.REVIEW))]
"""Somebody who may review parts."""
ChangerNow = Annotated[Caller, Depends(require(Scope.CHANGE))]
"""Somebody who may change models, thresholds, master parts and bypasses."""
AdminNow = Annotated[Caller, Depends(require(Scope.ADMIN))]
"""Somebody who may change users and keys."""
KnownNow = Annotated[Caller, Depends(require())]
"""Anybody who is known."""
