"""The list of first steps on the desk of an owner."""

from django import template
from django.template.context import RequestContext
from django.template.loader import render_to_string

from studio.owner_pages.first_steps import first_steps as open_steps

register = template.Library()


@register.simple_tag(takes_context=True)
def first_steps(context: RequestContext) -> str:
    """Return the steps that are not done. The desk's view has put its page into the context."""
    request = context["request"]
    is_whole = not context["q"] and not context["after"] and context["state"] == "all"
    desk_is_empty = is_whole and not context["page"].purchases
    steps = open_steps(request.member, desk_is_empty=desk_is_empty)
    if not steps:
        return ""
    return render_to_string("studio/_first_steps.html", {"steps": steps}, request)
