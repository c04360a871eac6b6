"""The template tags of our scripts."""

from base64 import b64encode

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.crypto import salted_hmac
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


@register.simple_tag(takes_context=True)
def typed_key(context: Context) -> str:
    """Return the key with which typed.js encrypts what the user of this page types.

    It is the same after the next sign-in of the user. An anonymous page and the page of a locked
    desk have no key. Neither has a page for which the middleware does not check the lock.
    """
    request = context["request"]
    # An error page before the sign-in was checked has no user.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not hasattr(request, "desk"):
        return ""
    if request.desk and request.desk.acting is None:
        return ""
    digest = salted_hmac("studio.typed", str(user.pk), algorithm="sha256").digest()
    return b64encode(digest).decode()
