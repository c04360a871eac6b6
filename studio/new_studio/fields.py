"""The fields of a studio that the first page and the page *Studio* share."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from purchases.input_rules import plain_line
from purchases.models import Org
from studio import places
from studio.new_studio.create import is_taken, name_taken_message

MAX_NAME = 100


class CountrySelect(forms.Select):
    """A menu of countries, whose options name what is usual there, for country.js."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            usual = places.usual(value)
            option["attrs"] |= {
                "data-time_zone": usual.time_zone,
                "data-language": usual.language,
                "data-currency": usual.currency,
                "data-zones": " ".join(places.zones_of(value)),
            }
        return option


BY_BROWSER = _("The browser's language")


class StudioFields(forms.Form):
    """The name of a studio, its country, and what the country decides by default."""

    name = forms.CharField(
        label=_("Name of the studio"),
        max_length=MAX_NAME,
        validators=[plain_line],
        error_messages={"required": _("Type the name of your studio.")},
    )
    country = forms.ChoiceField(label=_("Country"), required=False, widget=CountrySelect)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("It decides when a day begins and ends, and so “today” and “in 3 days”."),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, *args: Any, org: Org | None = None, zone: str = "", **kwargs: Any) -> None:
        """Offer `zone` too, which another machine may have offered."""
        super().__init__(*args, **kwargs)
        self.org = org
        empty = ("", _("Choose"))
        self._offer("country", [empty, *places.countries()])
        self._offer("time_zone", [empty, *places.zone_groups(also=zone)])
        self._offer("language", [("", BY_BROWSER), *settings.LANGUAGES])
        self._offer("currency", [empty, *places.currencies()])
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                field.widget.attrs["class"] = "field"

    def _offer(self, name: str, choices: Any) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        is_same = self.org is not None and name.casefold() == self.org.name.casefold()
        if not is_same and is_taken(name):
            raise forms.ValidationError(name_taken_message(name))
        return name
