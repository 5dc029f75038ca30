"""Templates -> HTML in the language of the page."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from okng.serve.web import formats
from okng.serve.web.assets import asset
from okng.serve.web.frame import PLACES, Frame
from okng.serve.web.views import verdicts
from okng.serve.web.views.asked import address
from okng.serve.web.views.charts import chart_json
from okng.serve.web.views.kinds import kind_name
from okng.wording import chosen_language, language, term, translated
from okng.wording.languages import translated_count


def render(template: str, frame: Frame, **values: object) -> str:
    """A page as HTML.

    Args:
        template: name of the page's template, without `.html.j2`.
        frame: what is around the page, with its language.
        values: what the template needs.
    """
    with language(frame.preferences.language):
        text: str = environment().get_template(f"{template}.html.j2").render(
            frame=frame, places=PLACES, language=chosen_language().value, **values
        )  # fmt: skip
    return text


@cache
def environment() -> Environment:
    """The templates of the pages, with their filters. A value that is not given is an error."""
    made = Environment(
        loader=PackageLoader("okng.serve.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(translated, translated_count, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(formats.FILTERS)
    made.filters.update(term=term, translated=translated, why=verdicts.why, band=verdicts.band)
    made.filters.update(probabilities=verdicts.probabilities, address=address)
    made.filters.update(kind=kind_name, chart_json=chart_json)
    made.globals["asset"] = asset
    return made
