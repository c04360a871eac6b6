"""The forms for passwords outside the shared desk. Wrong tries are counted."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from studio.accounts import rate_limit, security_log, waits
from studio.accounts.limits import TooManyTries
from studio.accounts.origin import Origin
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session import end_sessions_of
from studio.accounts.user import User

TOO_MANY_TRIES = "too_many_tries"


class SignInForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except TooManyTries as refused:
            raise ValidationError(waits.refusal(refused.wait), code=TOO_MANY_TRIES) from None

    @property
    def refusal(self) -> str:
        """Return the text of a refused try, or an empty text."""
        errors = self.non_field_errors().as_data()
        return next((str(error.message) for error in errors if error.code == TOO_MANY_TRIES), "")


class OldPasswordInput(forms.PasswordInput):
    """A text field, which a style sheet masks.

    Browsers fill a saved password into a password field, whatever its `autocomplete`. The hidden
    field has the username: without it a password manager saves the old password as the username.
    """

    input_type = "text"

    def __init__(self, username: str) -> None:
        super().__init__(
            {
                "class": "secret",
                "autocomplete": "off",
                "autocapitalize": "none",
                "autocorrect": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        )
        self.is_required = True
        self.username = username

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return format_html(
            '<input name="username" value="{}" autocomplete="username" readonly hidden>{}',
            self.username,
            super().render(*args, **kwargs),
        )


class PasswordForm(AdminPasswordChangeForm):
    """The form in which a signed-in person changes the password."""

    def __init__(
        self, user: User, *args: Any, origin: Origin, session_key: str | None, **kwargs: Any
    ) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].widget = OldPasswordInput(user.username)
        self.origin, self.session_key = origin, session_key

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        try:
            is_right = rate_limit.check(
                self.user.username, self.origin, lambda: self.user.check_password(old)
            )
        except TooManyTries as refused:
            raise ValidationError(waits.refusal(refused.wait), code=TOO_MANY_TRIES) from None
        if not is_right:
            raise ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return old

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit)
        # Their hash ends them too, but only when they send a request. An open page would stay.
        end_sessions_of(user, but=self.session_key)
        record_new_password(user)
        return user


def record_new_password(user: User) -> None:
    """Record that a person chose a password. A colleague may be signed in in the same browser."""
    kind = SecurityEvent.Kind.PASSWORD_CHANGED
    security_log.record(kind, account_id=user.pk, actor_id=user.pk)
