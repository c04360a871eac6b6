"""The filters of an export, as a link or the form of the page sends them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from purchases.days import LAST_DAY, day_end
from purchases.forms import ListForm

NO_DAY = _("Write a day as in 2026-11-27, or leave it empty.")


class FilterForm(ListForm):
    """The filters of every list. Each list uses its own: the search and the state, or the days."""

    first = forms.DateField(
        required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": NO_DAY}
    )
    last = forms.DateField(
        required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": NO_DAY}
    )

    def clean_first(self) -> datetime | None:
        """Return the first moment of the day in the time zone of the studio."""
        day: date | None = self.cleaned_data["first"]
        if day is None or day == date.min:
            return None
        zone = timezone.get_current_timezone()
        # The moment after the last second of the day before, because a day may begin at 01:00.
        return day_end(min(day, LAST_DAY) - timedelta(days=1), zone) + timedelta(seconds=1)

    def clean_last(self) -> datetime | None:
        """Return the last moment of the day in the time zone of the studio."""
        day: date | None = self.cleaned_data["last"]
        if day is None or day > LAST_DAY:
            return None
        end = day_end(day, timezone.get_current_timezone())
        return end + timedelta(microseconds=999_999)

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", _("The last day is before the first day."))
