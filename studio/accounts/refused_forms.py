"""Forms of the desk that were refused because the session or the turn of the member had ended.

With JavaScript, typed.js keeps what was typed, in the browser's tab. Without it, the sign-in page
and the page of a locked desk carry the refused form as signed text. The member then gets a page
that sends the form again when they press its button. The server stores nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from purchases import clock
from purchases.redirects import safe_next_url

SIGNER = clock.Signer(salt="studio.refused_forms")
# The field in which a page carries the signed text.
FIELD = "refused_form"
# The body of a sign-in may have 64 kB.
LONGEST = 60_000
SECRETS = {"csrfmiddlewaretoken", "secret", "password", "pin", "again"}
# Fields that every form has without a choice of the person.
HIDDEN = {"next", "by", "request_id", "event", "shown"}

Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class RefusedForm:
    url: str
    # The id of the membership for which the page of the form was made.
    by: str
    fields: Fields

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """Return the form of a request without htmx, or None if nothing was typed or chosen."""
        match = request.resolver_match
        if request.method != "POST" or getattr(request, "htmx", False):
            return None
        if match is None or match.app_name != "purchases":
            return None
        fields = fields_without_secrets(request)
        by = request.POST.get("by", "")
        is_filled = any(value.strip() for name, value in fields if name not in HIDDEN)
        return cls(request.get_full_path(), by, fields) if by and is_filled else None

    @classmethod
    def carried_by(cls, request: HttpRequest) -> Self | None:
        """Return the form that the form of a sign-in or of a locked desk carries, or None."""
        text = request.POST.get(FIELD, "")
        try:
            url, by, fields = SIGNER.unsign_object(text, max_age=settings.SESSION_COOKIE_AGE)
        except signing.BadSignature:
            return None
        return cls(url, by, [(name, value) for name, value in fields])

    def signed(self) -> str:
        """Return the form as signed text, or an empty text if a sign-in cannot carry it."""
        text = SIGNER.sign_object([self.url, self.by, self.fields], compress=True)
        return text if len(text) <= LONGEST else ""

    def is_of(self, member_id: object) -> bool:
        return self.by == str(member_id)


def fields_without_secrets(request: HttpRequest, secrets: Iterable[str] = ()) -> Fields:
    """Return the names and values of a form. Secrets are left out and must be typed again."""
    left_out = {*SECRETS, *secrets}
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in left_out
        for value in values
    ]


def try_again_page(
    request: HttpRequest, form: RefusedForm, why: str, *, by: object = None, status: int = 200
) -> HttpResponse:
    """Return a page that says why nothing was done, with a button that sends the form again.

    `by` is the id of the membership that sends it now, if it is another one.
    """
    fields = [(name, str(by) if by and name == "by" else value) for name, value in form.fields]
    page = safe_next_url(request, dict(fields).get("next", ""), otherwise="home")
    context = {"url": form.url, "fields": fields, "why": why, "page": page}
    return render(request, "try_again.html", context, status=status)


def page_after_sign_in(request: HttpRequest) -> HttpResponse | None:
    """Return the page that sends the carried form again after its person has signed in, or None."""
    why = _("You were signed out before, so nothing was changed. Check it and press again.")
    opened = getattr(request.user, "membership", None)
    return carried_form_page(request, opened and opened.pk, why)


def carried_form_page(request: HttpRequest, member_id: object, why: str) -> HttpResponse | None:
    """Return the page that sends the carried form again, or None if no form of this membership is
    carried."""
    form = RefusedForm.carried_by(request)
    return try_again_page(request, form, why) if form and form.is_of(member_id) else None
