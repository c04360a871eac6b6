"""The forms of the pages of the second factor. Each asks for the password again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from purchases.input_rules import plain_line
from studio.accounts import rate_limit, waits
from studio.accounts.limits import TooManyTries
from studio.accounts.origin import Origin
from studio.accounts.second_factor import totp
from studio.accounts.user import User


class PasswordAgainForm(forms.Form):
    """A form with the password of the person, unless they have just typed it to sign in."""

    password = forms.CharField(
        max_length=200, strip=False, error_messages={"required": _("Type your password.")}
    )

    def __init__(self, *args: Any, user: User, origin: Origin, has_typed: bool = False) -> None:
        super().__init__(*args)
        self.user, self.origin = user, origin
        if has_typed:
            del self.fields["password"]

    @sensitive_variables("password")
    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            is_right = rate_limit.check(
                self.user.username, self.origin, lambda: self.user.check_password(password)
            )
        except TooManyTries as refused:
            raise ValidationError(waits.refusal(refused.wait)) from None
        if not is_right:
            raise ValidationError(_("That is not the password."))
        return password


class AppForm(PasswordAgainForm):
    """The first code of an authenticator app."""

    code = forms.CharField(max_length=20, error_messages={"required": _("Type the code.")})

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret

    def clean_code(self) -> int:
        """Return the step of the code."""
        step = totp.step_of("".join(self.cleaned_data["code"].split()), self.secret)
        if step is None:
            raise ValidationError(
                _("That code is not right. Type the newest code, and check the phone’s clock.")
            )
        return step


class PasskeyForm(PasswordAgainForm):
    """The name of a passkey, and the answer of the browser."""

    name = forms.CharField(
        max_length=60,
        validators=[plain_line],
        error_messages={"required": _("Type a name, such as the name of the phone.")},
    )
    passkey = forms.CharField(
        max_length=20_000,
        error_messages={"required": _("This browser did not make a passkey. Try again.")},
    )
