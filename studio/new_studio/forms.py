"""The form of the first page: a studio and its owner."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from purchases.input_rules import plain_line
from studio import places
from studio.accounts.passwords import LONGEST
from studio.models import User
from studio.new_studio.create import NewStudio
from studio.new_studio.fields import StudioFields

CHOOSE_ZONE = _("Choose the time zone: this country has several.")
CHOOSE_CURRENCY = _("Choose the currency of your prices.")


class OwnedStudioForm(StudioFields):
    """A new studio and the account of its owner. The country decides what the person left out."""

    first_name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        validators=[plain_line],
        help_text=_("Your colleagues see it at the desk."),
        error_messages={"required": _("Type your name.")},
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("With this name you sign in. Your e-mail is a good one."),
        error_messages={"required": _("Type a user name.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].required = True
        self.fields["country"].error_messages["required"] = _("Choose the country.")

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        self._fill_in_usual()
        # A new owner has no membership yet, from which the rules for passwords take the studio.
        self.owner = User(
            username=User.normalize_username(cleaned.get("username", "")),
            first_name=cleaned.get("first_name", ""),
        )
        self.owner.future_studio = cleaned.get("name", "")
        checked = {name for name in ("username", "first_name") if name in cleaned}
        try:
            self.owner.full_clean(exclude={field.name for field in User._meta.fields} - checked)
        except ValidationError as problem:
            self.add_error(None, problem)
        return cleaned

    def _fill_in_usual(self) -> None:
        cleaned = self.cleaned_data
        if "country" not in cleaned:
            return
        usual = places.usual(cleaned["country"])
        for name, problem in {"time_zone": CHOOSE_ZONE, "currency": CHOOSE_CURRENCY}.items():
            if cleaned.get(name) == "":
                cleaned[name] = getattr(usual, name)
                if not cleaned[name]:
                    self.add_error(name, problem)

    @property
    def new_studio(self) -> NewStudio:
        names = ("name", "country", "time_zone", "language", "currency")
        return NewStudio(**{name: self.cleaned_data[name] for name in names})


class NewStudioForm(OwnedStudioForm):
    """A new studio and its owner, who chooses a password by the rules of every password."""

    new_password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=LONGEST,
        help_text=_(
            "It has at least 8 characters. Several words in a row are easy to remember and hard "
            "to guess."
        ),
        widget=forms.PasswordInput,
        error_messages={"required": _("Choose a password.")},
    )
    new_password2 = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput,
        error_messages={"required": _("Type the password again.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes: dict[str, dict[str, Any]] = {
            "name": {"autocomplete": "organization", "autofocus": True},
            "country": {"autocomplete": "country"},
            "first_name": {"autocomplete": "given-name"},
            "username": {"autocomplete": "username", "autocapitalize": "none"},
            "new_password1": {"autocomplete": "new-password"},
            "new_password2": {"autocomplete": "new-password"},
        }
        for name, more in attributes.items():
            self.fields[name].widget.attrs |= more

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        password = cleaned.get("new_password1")
        if not password:
            return cleaned
        if "new_password2" in cleaned and password != cleaned["new_password2"]:
            self.add_error("new_password2", _("The two passwords are different."))
        try:
            validate_password(password, self.owner)
        except ValidationError as problem:
            self.add_error("new_password1", problem)
        else:
            self.owner.set_password(password)
        return cleaned
