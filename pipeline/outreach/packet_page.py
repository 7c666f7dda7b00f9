"""The form as a page to print or mail: one HTML file that asks nothing of any other place."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pipeline.outreach.packet_form import PrintedForm
from pipeline.outreach.packet_words import day_words, ways_back
from schemas.packets import HIDDEN


def render_page(form: PrintedForm) -> str:
    """Return the form as HTML for letter paper.

    Args:
        form: The form.
    """
    return (
        _environment()
        .get_template("packet.html.j2")
        .render(
            form=form,
            parts=list(form.parts()),
            ways=ways_back(form.sender, workbook=False),
            as_of=day_words(form.packet.as_of),
            reply_by=day_words(form.packet.reply_by),
            hidden=HIDDEN,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("pipeline.outreach", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
