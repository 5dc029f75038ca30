"""One station as a function: an event in, an answer out. It knows no network of its own."""

import asyncio
import functools
import os
from contextlib import ExitStack
from pathlib import Path

from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from okng.config import StationSettings, read_settings
from okng.logs import set_up_logs
from okng.serve.app import Offer, create_app
from okng.serve.aws_lambda.events import Event, is_http, request_of, result_of
from okng.serve.aws_lambda.settings import lambda_model, lambda_settings
from okng.serve.context import Serving
from okng.serve.problems import PROBLEM
from okng.station import opened


class Function:
    """Answers events; it lives as long as the process of the function, or until `close`.

    Args:
        settings: as `lambda_settings` gives them.
        model: that decides; it is loaded, and judges a first photo.

    Raises:
        ModelFileError: the model file cannot be used.
        RecordsError: the database cannot be opened.

    Attributes:
        station: that judges.
    """

    def __init__(self, settings: StationSettings, model: Path) -> None:
        self._stack = ExitStack()
        self.station = self._stack.enter_context(opened(settings, [model]))
        app = create_app(Serving(self.station), offer=Offer.FUNCTION)
        # Mangum runs the loop of the thread; it lives as long as the function
        self._loop = self._stack.enter_context(asyncio.Runner()).get_loop()
        self._http = Mangum(
            app, lifespan="off", text_mime_types=[*DEFAULT_TEXT_MIME_TYPES, PROBLEM]
        )

    def __call__(self, event: object, context: object = None) -> Event:
        """Answer an event of a function URL, of a load balancer, or of a direct call.

        Args:
            event: JSON of AWS.
            context: of AWS: the identifier of the request and its deadline.

        Raises:
            StationError: a direct call without a photo, or one that cannot be judged now.
        """
        if is_http(event):
            return self._answered(event, context)
        identifier = str(getattr(context, "aws_request_id", ""))
        return result_of(self._answered(request_of(event, identifier), context))

    def close(self) -> None:
        """Finish what was accepted, and unload the model."""
        self._stack.close()

    def _answered(self, event: object, context: object) -> Event:
        asyncio.set_event_loop(self._loop)
        answer: Event = self._http(event, context)  # type: ignore[arg-type]
        return answer


@functools.cache
def made_once() -> Function:
    """The function of this process, by the variables of its environment.

    Raises:
        ConfigError: no model is named, or settings do not fit a function.
        ModelFileError: the model file cannot be used.
    """
    set_up_logs()
    given = read_settings(StationSettings, None, env=os.environ, given={})
    return Function(lambda_settings(given), lambda_model())
