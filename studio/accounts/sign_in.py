"""The sign-in by password, and what follows when a person is signed in."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from studio.accounts import rate_limit, security_log, waits
from studio.accounts.forms import SignInForm
from studio.accounts.origin import name_browser, remember_browser
from studio.accounts.second_factor import pending
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session_store import SessionStore
from studio.accounts.shared_desk import current_member


class PasswordView(LoginView):
    """Django's page of the sign-in. With a second factor, a right password signs no one in yet."""

    redirect_authenticated_user = True
    authentication_form = SignInForm

    def get_redirect_url(self) -> str:  # type: ignore[override]  # as in Django 5.2
        """Return the page after the sign-in. It is not this page, which would answer 500 to a
        person who is signed in."""
        url = super().get_redirect_url()
        return "" if url == self.request.path else url

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        step = pending.step_after_password(user)
        if not step:
            return super().form_valid(form)
        pending.begin(self.request, user, step, self.get_success_url())
        page = "second_factor:check" if step == pending.CHECK else "second_factor:own"
        response = HttpResponseRedirect(resolve_url(page))
        remember_browser(self.request, response)
        return response


def finish(request: HttpRequest, response: HttpResponseBase) -> None:
    """Record the sign-in, tell the person of wrong tries, and delete expired rows."""
    assert request.user.is_authenticated
    security_log.record(SecurityEvent.Kind.SIGNED_IN, account_id=request.user.pk)
    name_browser(request)
    current_member.record_activity(request, response)
    remember_browser(request, response)
    waits.tell_wrong_tries(request, request.user)
    SessionStore.clear_expired()
    rate_limit.forget_old()
