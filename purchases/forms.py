"""Forms that validate requests. Their errors are texts for the person at the desk."""

from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.input_rules import UNUSUAL_CHARACTER, plain_text
from purchases.member import Approval
from purchases.models import ClientRequest, Purchase, SessionRequest
from purchases.operations.commands import Extend, Reinstate, Undo, UndoExtension, Use
from purchases.queries import PAGE_SIZE, Place

OUT_OF_DATE = _("This page is out of date. Reload it, then press again.")
CHOOSE_A_REASON = _("Choose a reason: your studio requires one. Nothing was changed yet.")
LINK_IS_MANGLED = _("This link is not complete. Go to the desk and start there.")
CHOOSE_A_DAY = _("Choose a number of days, or a date. Nothing was changed yet.")
TOO_FAR_AHEAD = _("Choose a date within the next five years. Nothing was changed yet.")
SAY_WHY = _("Write a reason: your studio requires one. Nothing was changed yet.")

# The extensions in days that the desk offers as buttons.
EXTENSIONS = [7, 14, 30]
MAX_EXTENSION = timedelta(days=5 * 366)


def problems(form: forms.Form) -> str:
    """Return all errors of a form as one text."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


class ListForm(forms.Form):
    """The search, filter and page of the desk's list."""

    q = forms.CharField(
        required=False,
        max_length=100,
        error_messages={
            "max_length": _("Type at most 100 characters."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )
    state = forms.TypedChoiceField(
        required=False,
        choices=Purchase.State,
        coerce=Purchase.State,
        empty_value=Purchase.State.ALL,
        error_messages={
            "invalid_choice": _(
                "There is no list called “%(value)s”. Go to the desk and choose one."
            )
        },
    )
    after = forms.CharField(
        required=False, error_messages={"null_characters_not_allowed": LINK_IS_MANGLED}
    )

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"])

    def clean_after(self) -> Place | None:
        text = self.cleaned_data["after"]
        try:
            return Place.parse(text) if text else None
        except ValueError:
            raise forms.ValidationError(LINK_IS_MANGLED) from None

    def clean(self) -> None:
        """Refuse the place of a client in a list of purchases."""
        super().clean()
        place = self.cleaned_data.get("after")
        if place and place.is_client and not self.cleaned_data.get("q"):
            self.add_error("after", LINK_IS_MANGLED)


class RowsForm(forms.Form):
    """The rows that an open page requests again."""

    ids = forms.CharField(
        required=False, error_messages={"null_characters_not_allowed": OUT_OF_DATE}
    )

    def clean_ids(self) -> list[UUID]:
        text = self.cleaned_data["ids"]
        try:
            ids = [UUID(id_text) for id_text in text.split(",")] if text else []
        except ValueError:
            raise forms.ValidationError(OUT_OF_DATE) from None
        if len(ids) > PAGE_SIZE:
            raise forms.ValidationError(
                gettext("Ask for %(most)d rows at most.") % {"most": PAGE_SIZE}
            )
        return ids


class ActionForm(forms.Form):
    """The fields of every form that changes a purchase."""

    def __init__(self, data: QueryDict) -> None:
        # Share the fields of the class, because no form changes them and Django's copy takes longer
        # than the validation.
        self.base_fields = {}  # type: ignore[misc]  # an empty dict to copy
        super().__init__(data)
        self.fields = type(self).base_fields

    request_id = forms.UUIDField(error_messages={"required": OUT_OF_DATE, "invalid": OUT_OF_DATE})
    next = forms.CharField(
        required=False, error_messages={"null_characters_not_allowed": OUT_OF_DATE}
    )


class UndoForm(ActionForm):
    @property
    def command(self) -> Undo:
        return Undo(request_id=self.cleaned_data["request_id"])


class UndoExtensionForm(ActionForm):
    @property
    def command(self) -> UndoExtension:
        return UndoExtension(request_id=self.cleaned_data["request_id"])


class NoteForm(ActionForm):
    note = forms.CharField(
        required=False,
        max_length=500,
        validators=[plain_text],
        error_messages={
            "max_length": _("Shorten the note: 500 characters at most."),
            "null_characters_not_allowed": UNUSUAL_CHARACTER,
        },
    )


class UseForm(NoteForm):
    @property
    def command(self) -> Use:
        return Use(request_id=self.cleaned_data["request_id"], note=self.cleaned_data["note"])


class ExtendForm(NoteForm):
    """An extension by days or until a date. If a button sends days, the date field is ignored."""

    days = forms.TypedChoiceField(
        required=False,
        choices=[(days, days) for days in EXTENSIONS],
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": OUT_OF_DATE},
    )
    until = forms.DateField(
        required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": CHOOSE_A_DAY}
    )

    def __init__(self, data: QueryDict, *, note_required: bool) -> None:
        super().__init__(data)
        self.note_required = note_required

    @property
    def command(self) -> Extend:
        return Extend(
            request_id=self.cleaned_data["request_id"],
            days=self.cleaned_data["days"],
            until=self.cleaned_data["until"],
            note=self.cleaned_data["note"],
        )

    def clean_until(self) -> date | None:
        """Refuse a date too far ahead, which is a mistyped year. The limit moves on with time, so
        a retry of an accepted request is accepted."""
        until: date | None = self.cleaned_data["until"]
        if until and until > clock.today() + MAX_EXTENSION:
            raise forms.ValidationError(TOO_FAR_AHEAD)
        return until

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        data = self.cleaned_data
        if data["days"]:
            data["until"] = None
        elif not data["until"]:
            self.add_error("until", CHOOSE_A_DAY)
        if self.note_required and not data["note"] and self.is_new_request:
            self.add_error("note", SAY_WHY)

    @property
    def is_new_request(self) -> bool:
        return is_new(self.cleaned_data["request_id"])


class ReinstateForm(NoteForm):
    reason = forms.TypedChoiceField(
        required=False,
        choices=SessionRequest.Reason,
        empty_value=None,
        error_messages={"invalid_choice": _("Choose a reason from the list.")},
    )
    event = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, error_messages={"invalid": OUT_OF_DATE}
    )

    approved_by = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, error_messages={"invalid": OUT_OF_DATE}
    )
    secret = forms.CharField(
        required=False,
        strip=False,
        max_length=1000,
        error_messages={
            "max_length": _("This is too long for a password."),
            "null_characters_not_allowed": _("This is not a password."),
        },
    )

    def __init__(self, data: QueryDict, *, reason_required: bool) -> None:
        super().__init__(data)
        self.reason_required = reason_required

    @property
    def command(self) -> Reinstate:
        owner_id = self.cleaned_data["approved_by"]
        return Reinstate(
            request_id=self.cleaned_data["request_id"],
            reason=self.cleaned_data["reason"],
            note=self.cleaned_data["note"],
            event_id=self.cleaned_data["event"],
            approval=Approval(owner_id, self.cleaned_data["secret"]) if owner_id else None,
        )

    def clean(self) -> None:
        """Require a reason for new requests only, so that a retry keeps its first answer."""
        super().clean()
        if not self.reason_required or self.errors or self.cleaned_data["reason"]:
            return
        if is_new(self.cleaned_data["request_id"]):
            self.add_error("reason", CHOOSE_A_REASON)


def is_new(request_id: UUID) -> bool:
    return not SessionRequest.objects.filter(pk=request_id).exists()


def is_new_client_request(request_id: UUID) -> bool:
    return not ClientRequest.objects.filter(pk=request_id).exists()
