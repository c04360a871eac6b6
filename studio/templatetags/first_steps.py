"""The list of first steps on the desk of an owner."""

from typing import Any

from django import template
from django.template.context import RequestContext

from studio.owner_pages.first_steps import first_steps as open_steps

register = template.Library()


@register.inclusion_tag("studio/_first_steps.html", takes_context=True)
def first_steps(context: RequestContext) -> dict[str, Any]:
    """List the steps that are not done. The desk's view has put its page into the context."""
    is_whole = not context["q"] and not context["after"] and context["state"] == "all"
    desk_is_empty = is_whole and not context["page"].purchases
    return {"steps": open_steps(context["request"].member, desk_is_empty=desk_is_empty)}
