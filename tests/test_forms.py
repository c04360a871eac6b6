"""Forms share their field objects between requests, so a request must not change a field."""

from uuid import uuid4

import pytest
from django.http import QueryDict

from purchases.forms import ActionForm, ExtendForm, ReinstateForm, UseForm

FORMS = {
    "reinstate": lambda data: ReinstateForm(data, reason_required=False),
    "use": UseForm,
    "undo": ActionForm,
    "extend": lambda data: ExtendForm(data, note_required=False),
}


def form_data(**fields: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"request_id": str(uuid4()), **fields})
    return data


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_validating_a_form_changes_no_field(form: type[ActionForm]) -> None:
    fields = form(form_data()).fields
    before = {name: dict(vars(field)) for name, field in fields.items()}

    bad = form(form_data(request_id="bad", reason="bad", note=600 * "x", days="bad", until="bad"))
    assert not bad.is_valid()
    good = form(form_data(note="A note", days="7"))
    assert good.is_valid()

    assert good.fields is fields
    assert {name: dict(vars(field)) for name, field in fields.items()} == before
    assert good.cleaned_data.get("note", "A note") == "A note"
    assert bad.errors


def test_each_form_class_has_its_own_fields() -> None:
    assert set(ActionForm(form_data()).fields) == {"request_id", "next"}
    assert set(UseForm(form_data()).fields) == {"request_id", "next", "note"}
