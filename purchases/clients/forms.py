"""The forms of a client. Their errors are texts for the person at the desk."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from purchases.acts.forms import FindClientForm
from purchases.forms import OUT_OF_DATE, ActionForm
from purchases.input_rules import UNUSUAL_CHARACTER, email_address, plain_line, plain_text
from purchases.models import Client
from purchases.operations.clients import values_of
from purchases.operations.commands import (
    AddClient,
    ClientValues,
    EditClient,
    MergeClient,
    UndoMerge,
)

CHOOSE_A_RECORD = _("Choose the other record of this person. Nothing was changed yet.")
# The record whose value stays.
SIDES = [("kept", "kept"), ("other", "other")]
SIDE_ERRORS = {"invalid_choice": OUT_OF_DATE}
WRITE_A_NAME = _("Write a name.")
RULES: dict[str, Callable[[str], None]] = {
    "full_name": plain_line,
    "email": email_address,
    "phone": plain_line,
    "notes": plain_text,
}


class ClientForm(ActionForm):
    """The name, e-mail, phone number and note of a client.

    The rules apply to values that the person changed. Another program may have stored others.
    """

    full_name = forms.CharField(
        max_length=200,
        error_messages={
            "required": WRITE_A_NAME,
            "max_length": _("Shorten the name: 200 characters at most."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )
    email = forms.CharField(
        required=False,
        max_length=254,
        error_messages={
            "max_length": _("Shorten the e-mail: 254 characters at most."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )
    phone = forms.CharField(
        required=False,
        max_length=100,
        error_messages={
            "max_length": _("Shorten the phone number: 100 characters at most."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )
    notes = forms.CharField(
        required=False,
        max_length=5000,
        error_messages={
            "max_length": _("Shorten the note: 5,000 characters at most."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )
    # The versions of the values that the page showed.
    seen = forms.CharField(required=False, max_length=200)
    # The button that adds a client although somebody alike exists.
    anyway = forms.CharField(required=False, max_length=10)

    def __init__(self, data: QueryDict, client: Client | None = None) -> None:
        super().__init__(data)
        self.client = client

    def clean(self) -> None:
        super().clean()
        for name, rule in RULES.items():
            value = self.cleaned_data.get(name)
            if not value or not self._is_changed(name, value):
                continue
            try:
                rule(value)
            except forms.ValidationError as error:
                self.add_error(name, error)

    @property
    def values(self) -> ClientValues:
        """Return what was typed. A value that was not changed is returned as it is stored."""
        typed: dict[str, str | None] = {}
        for name in RULES:
            value = _lines(self.cleaned_data[name]) or None
            typed[name] = value if self._is_changed(name, value) else getattr(self.client, name)
        return ClientValues(**typed)  # type: ignore[arg-type]  # a name is never empty

    @property
    def add(self) -> AddClient:
        return AddClient(request_id=self.cleaned_data["request_id"], values=self.values)

    @property
    def edit(self) -> EditClient:
        assert self.client is not None
        return EditClient(
            request_id=self.cleaned_data["request_id"],
            before=values_of(self.client),
            values=self.values,
        )

    def _is_changed(self, name: str, value: str | None) -> bool:
        return self.client is None or version(value) != version(getattr(self.client, name))


class MergeForm(ActionForm):
    """The other record, and for each value whether that of the other one stays."""

    other = forms.UUIDField(
        error_messages={"required": CHOOSE_A_RECORD, "invalid": CHOOSE_A_RECORD}
    )
    # The versions of the values of both records that the page showed.
    seen = forms.CharField(required=False, max_length=200)
    full_name = forms.ChoiceField(required=False, choices=SIDES, error_messages=SIDE_ERRORS)
    email = forms.ChoiceField(required=False, choices=SIDES, error_messages=SIDE_ERRORS)
    phone = forms.ChoiceField(required=False, choices=SIDES, error_messages=SIDE_ERRORS)
    notes = forms.ChoiceField(
        required=False, choices=[*SIDES, ("both", "both")], error_messages=SIDE_ERRORS
    )

    @property
    def command(self) -> MergeClient:
        data = self.cleaned_data
        take = [name for name in RULES if data[name] == "other"]
        if data["notes"] == "both":
            take.append("both_notes")
        return MergeClient(request_id=data["request_id"], take=tuple(take))


class UndoMergeForm(ActionForm):
    @property
    def command(self) -> UndoMerge:
        return UndoMerge(request_id=self.cleaned_data["request_id"])


class FindRecordForm(FindClientForm):
    """The search for the other record, or the record that was chosen."""

    other = forms.UUIDField(required=False, error_messages={"invalid": CHOOSE_A_RECORD})


def _lines(text: str) -> str:
    """Return a text with the line breaks of the database. A browser sends \\r\\n."""
    return text.replace("\r\n", "\n")


def version(value: str | None) -> str:
    """Return a short digest of a value, which tells whether it has changed."""
    return sha256(_lines(value or "").strip().encode()).hexdigest()[:12]


def versions(client: Client) -> str:
    """Return the versions of a client's values, for the field `seen` of a form."""
    return "-".join(version(getattr(client, name)) for name in RULES)
