"""The forms that ask for a password outside the shared desk. Both count wrong tries."""

from typing import Any

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from studio.accounts import rate_limit, waits
from studio.accounts.limits import TooManyTries
from studio.accounts.origin import Origin
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


class PasswordForm(AdminPasswordChangeForm):
    """The form in which a signed-in person changes the password."""

    def __init__(self, user: User, *args: Any, origin: Origin, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.origin = origin

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
