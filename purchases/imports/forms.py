"""The forms of an import. Their errors are texts for the owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from purchases.forms import OUT_OF_DATE
from purchases.imports.dates import Order
from purchases.imports.headings import Field
from purchases.imports.reader import ENCODINGS, MAX_BYTES
from purchases.input_rules import UNUSUAL, UNUSUAL_CHARACTER, plain_line

CHOOSE_A_FILE = _("Choose a file. Nothing was imported yet.")
MAX_SESSIONS = 10_000


class UploadForm(forms.Form):
    import_id = forms.UUIDField(error_messages={"required": OUT_OF_DATE, "invalid": OUT_OF_DATE})
    file = forms.FileField(
        max_length=200,
        allow_empty_file=True,
        error_messages={
            "required": CHOOSE_A_FILE,
            "missing": CHOOSE_A_FILE,
            "invalid": CHOOSE_A_FILE,
            "max_length": _("The name of the file is too long. Rename it, and try again."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(
                _("The file has more than 10 MB. Split it, and import each part.")
            )
        return file

    @property
    def file_name(self) -> str:
        return UNUSUAL.sub("", self.cleaned_data["file"].name or "")


class ChoicesForm(forms.Form):
    """The meaning of each column, and the questions that the file leaves open."""

    encoding = forms.ChoiceField(required=False, choices=[("", ""), *ENCODINGS.items()])
    order = forms.ChoiceField(required=False, choices=[("", ""), *((o, o) for o in Order)])

    def __init__(self, data: QueryDict, *, width: int, packs: list[str]) -> None:
        super().__init__(data)
        self.width, self.packs = width, packs
        for at in range(width):
            choices = [("", ""), *((field.value, field.value) for field in Field)]
            self.fields[f"column-{at}"] = forms.ChoiceField(required=False, choices=choices)
        for n in range(len(packs)):
            self.fields[f"sessions-{n}"] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=MAX_SESSIONS,
                error_messages=dict.fromkeys(
                    ["invalid", "min_value", "max_value"], _("Type the sessions as a number.")
                ),
            )

    @property
    def choices(self) -> dict[str, Any]:
        data = self.cleaned_data
        columns = {str(at): data[f"column-{at}"] for at in range(self.width)}
        sessions = {pack: data[f"sessions-{n}"] for n, pack in enumerate(self.packs)}
        return {
            "encoding": data["encoding"],
            "order": data["order"],
            "columns": {at: field for at, field in columns.items() if field},
            "sessions": {pack: count for pack, count in sessions.items() if count},
        }


class StartForm(forms.Form):
    plan_hash = forms.CharField(max_length=64, error_messages={"required": OUT_OF_DATE})


class BalancesForm(forms.Form):
    """Sessions left and the last day of packs of one kind, a row for each client."""

    import_id = forms.UUIDField(error_messages={"required": OUT_OF_DATE, "invalid": OUT_OF_DATE})
    pack = forms.CharField(
        max_length=200,
        validators=[plain_line],
        error_messages={
            "required": _("Write the name of the pack. Nothing was saved yet."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )
    sessions = forms.IntegerField(
        min_value=1,
        max_value=MAX_SESSIONS,
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"],
            _("Type how many sessions the pack has when it is new. Nothing was saved yet."),
        ),
    )

    def __init__(self, data: QueryDict | None, *, client_ids: list[UUID]) -> None:
        super().__init__(data)
        self.client_ids = client_ids
        for client_id in client_ids:
            self.fields[f"left-{client_id}"] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=MAX_SESSIONS,
                error_messages=dict.fromkeys(
                    ["invalid", "min_value", "max_value"], _("Type the sessions left as a number.")
                ),
            )
            self.fields[f"until-{client_id}"] = forms.DateField(
                required=False,
                error_messages={"invalid": _("Type the last day as in 2027-02-28.")},
            )

    @property
    def balances(self) -> list[tuple[UUID, int, str]]:
        """Return the clients whose sessions left were typed, with these and the last day."""
        data = self.cleaned_data
        return [
            (client_id, data[f"left-{client_id}"], str(data[f"until-{client_id}"] or ""))
            for client_id in self.client_ids
            if data[f"left-{client_id}"] is not None
        ]
