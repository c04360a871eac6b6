"""What one press sends leaves nothing behind for the next: all of them share a form's fields."""

from uuid import uuid4

import pytest
from django.http import QueryDict

from purchases.forms import ActForm, ExtendForm, ReinstateForm, UseForm

FORMS = {
    "reinstate": lambda data: ReinstateForm(data, reason_required=False),
    "use": UseForm,
    "undo": ActForm,
    "extend": lambda data: ExtendForm(data, note_required=False),
}


def sent(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"request_id": str(uuid4()), **fields})
    return data


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_press_changes_no_field(form: type[ActForm]) -> None:
    fields = form(sent()).fields
    before = {name: dict(vars(field)) for name, field in fields.items()}

    bad = form(sent(request_id="bad", reason="bad", note=600 * "x", days="bad", until="bad"))
    assert not bad.is_valid()
    good = form(sent(note="A note", days="7"))
    assert good.is_valid()

    assert good.fields is fields
    assert {name: dict(vars(field)) for name, field in fields.items()} == before
    assert good.cleaned_data.get("note", "A note") == "A note"
    assert bad.errors


def test_the_fields_of_one_form_are_not_those_of_another() -> None:
    assert set(ActForm(sent()).fields) == {"request_id", "next"}
    assert set(UseForm(sent()).fields) == {"request_id", "next", "note"}
