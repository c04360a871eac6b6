"""The template tag of our scripts."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from studio.static_files import integrity_of

register = template.Library()


@register.simple_tag
def script_src(name: str) -> SafeString:
    """Return the attributes of a <script>: its URL, and the hash of the file behind it."""
    if integrity := integrity_of(name):
        return format_html('src="{}" integrity="{}"', static(name), integrity)
    return format_html('src="{}"', static(name))
