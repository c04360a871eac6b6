"""The pages "Forgot your password?" and "Choose a password"."""

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from purchases import clock
from studio.accounts import limits, mail, rate_limit, security_log, waits
from studio.accounts.forms import record_new_password
from studio.accounts.limits import TooManyTries
from studio.accounts.links import TOKENS, is_invited, site_of
from studio.accounts.origin import origin_of
from studio.accounts.people.guards import NameTaken, change_of_people
from studio.accounts.second_factor import factors
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session import end_sessions_of
from studio.accounts.shared_desk import current_member
from studio.accounts.user import User

NAME_TAKEN = gettext_lazy(
    "Another account has this user name. Choose another one. If the account is yours, sign in with "
    "it below."
)
# The key of the session data with the invitation that this browser has opened: the id and the token
# of its link, and the time.
INVITATION = "invitation"
# A typed e-mail may belong to several accounts. No more of them get a link.
MAX_ACCOUNTS = 5


class ForgottenForm(forms.Form):
    account = forms.CharField(
        max_length=254,
        error_messages={"required": gettext_lazy("Type your name or your e-mail.")},
    )


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """Django's form of a new password, which also ends every session of the person.

    An invited person chooses the user name too. `name_problem` says why they may not have this one.
    """

    def __init__(
        self, user: User | None, *args: Any, name_problem: Any = "", **kwargs: Any
    ) -> None:
        super().__init__(user, *args, **kwargs)
        self.name_problem = name_problem
        if user is not None and is_invited(user):
            self.fields["username"] = forms.CharField(
                max_length=150,
                required=False,
                initial=user.shown_username,
                validators=[User.username_validator],
            )
            self.order_fields(["username"])

    def clean_username(self) -> str:
        if self.name_problem:
            raise forms.ValidationError(self.name_problem)
        name = chosen_name(self.user, self.cleaned_data["username"])
        self.user.username = name
        return name

    def validate_password_for_user(self, user: User, *args: Any) -> None:
        # Django shows the problem at the second field.
        super().validate_password_for_user(user, "new_password1")

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        end_sessions_of(user)
        record_new_password(user)
        return user


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Send a link to the e-mail of an account, if there is one.

    The response does the same work for every text, because the account is looked up later, in the
    thread that sends e-mails.
    """
    context: dict[str, Any] = {"sends_email": settings.SENDS_EMAIL}
    if request.method == "POST" and settings.SENDS_EMAIL:
        form = ForgottenForm(request.POST)
        context["form"] = form
        if form.is_valid():
            account: str = form.cleaned_data["account"]
            try:
                # There is no secret to check, so every request counts as a wrong try. User names
                # have no space: the sign-in has other counts.
                rate_limit.check(
                    f"forgotten {account}",
                    origin_of(request),
                    lambda: False,
                    failure=SecurityEvent.Kind.LINK_ASKED,
                )
            except TooManyTries as refused:
                form.add_error("account", waits.refusal(refused.wait))
            else:
                language = translation.get_language()
                mail.in_background(partial(send_forgotten, account, site_of(request), language))
                context["is_sent"] = True
    return render(request, "registration/forgotten_password.html", context)


def send_forgotten(account: str, site: str, language: str) -> None:
    """Send a link to each active account of this name or e-mail that has an address.

    An invited person asks an owner for a new invitation instead. PostgreSQL ignores the case of
    more letters than the rate limit does: to "ı", "i" is the same. The name must be the same for
    both, or each spelling of an e-mail would have a count of its own.
    """
    key = limits.account_key(account)
    users = User.objects.filter(Q(username=account) | Q(email__iexact=account), is_active=True)
    for user in users.exclude(email="").order_by("pk")[:MAX_ACCOUNTS]:
        is_same = key in {limits.account_key(user.username), limits.account_key(user.email)}
        if is_same and not is_invited(user):
            mail.send_link(user, site, language)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, uidb64: str, token: str) -> HttpResponseBase:
    """Let the person with a valid link choose a password, with Django's view.

    The view moves the token from the URL to the session. An invited person is signed in, unless
    their role needs a second factor. Others sign in with the new password, and with a second factor
    if they have one.
    """
    user = PasswordResetConfirmView().get_user(uidb64)
    invited = user is not None and is_invited(user)
    signs_in = user is not None and is_invited(user) and not factors.is_required(user)
    done = resolve_url("home" if signs_in else "login")
    if invited and request.method == "GET" and TOKENS.check_token(user, token):
        request.session[INVITATION] = [uidb64, token, int(clock.seconds())]
    problem = name_problem(request, user) if user and invited and request.method == "POST" else ""
    view = PasswordResetConfirmView.as_view(
        form_class=partial(ChoosePasswordForm, name_problem=problem),
        template_name="registration/choose_password.html",
        token_generator=TOKENS,
        success_url=done,
        post_reset_login=signs_in,
        extra_context={"is_invited": invited, "person": user},
    )
    try:
        with change_of_people():
            if request.method == "POST" and user is not None:
                # The second of two concurrent forms waits here, and then finds its link used.
                User.objects.select_for_update().filter(pk=user.pk).first()
            response = view(request, uidb64=uidb64, token=token)
    except NameTaken:
        messages.error(request, NAME_TAKEN)
        return HttpResponseRedirect(request.path)
    if response.status_code == 302 and response["Location"] == done:
        finish(request, response, user, signs_in=signs_in)
    return response


def chosen_name(user: User, typed: str) -> str:
    """Return the user name that an invited person chose, or the one that the owner proposed."""
    return str(User.normalize_username(typed.strip() or user.shown_username))


def name_problem(request: HttpRequest, user: User) -> Any:
    """Return why an invited person may not have the typed user name, or an empty text.

    A name of another account counts as a wrong try, so that nobody tries out many names.
    """
    name = chosen_name(user, request.POST.get("username", ""))
    others = User.objects.filter(username=name).exclude(pk=user.pk)
    try:
        is_free = "\0" in name or rate_limit.check(
            f"invited {user.pk}",
            origin_of(request),
            lambda: not others.exists(),
            failure=SecurityEvent.Kind.NAME_TAKEN,
        )
    except TooManyTries as refused:
        return waits.refusal(refused.wait)
    return "" if is_free else NAME_TAKEN


def finish(request: HttpRequest, response: HttpResponseBase, user: Any, *, signs_in: bool) -> None:
    """Start the time until the desk of a signed-in person locks. Ask others to sign in."""
    if signs_in:
        security_log.record(SecurityEvent.Kind.SIGNED_IN, account_id=user.pk, actor_id=user.pk)
        current_member.record_activity(request, response)
        return
    if request.user.pk == user.pk:
        auth.logout(request)
    messages.success(request, _("Your password is changed. Sign in with it."))
