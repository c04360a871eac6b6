"""The owner's secret is never stored or logged. A retry requires it again."""

import logging
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from django.views.debug import ExceptionReporter
from django.views.decorators.debug import sensitive_variables

from purchases.models import Purchase
from purchases.operations import requests
from studio.accounts import pins, rate_limit
from studio.models import User
from tests.approvals.approval import WRONG, approval_form, approve, owners_form
from tests.database import rows
from tests.factories import PASSWORD
from tests.pages import AS_PAGE_AND_HTMX, fields_in, html_of, note_on, post_action
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize("secret", [WRONG, PASSWORD])
def test_secret_is_not_in_pages_logs_or_tables(
    desk: Client,
    olivia: User,
    pack: Purchase,
    secret: str,
    htmx: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = approve(desk, pack, owners_form(desk, pack, htmx=htmx), secret, htmx=htmx)

    assert secret not in html_of(answer)
    assert secret not in str(answer.headers)
    assert secret not in caplog.text
    for table in ["session_requests", "session_events", "studio_session"]:
        assert secret not in str(rows(f"SELECT * FROM {table}"))


@pytest.mark.parametrize("failing", ["check_password", "fetch_one", "Approval"])
def test_secret_is_not_in_error_reports(
    desk: Client, olivia: User, pack: Purchase, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    fields = owners_form(desk, pack)
    reports: list[str] = []

    # The frame of this function holds the secret among its arguments, so hide them.
    @sensitive_variables()
    def explode(*_: Any, **__: Any) -> None:
        raise ImproperlyConfigured("a mistake of ours")

    def report(request: HttpRequest, *error: Any) -> None:
        reporter = ExceptionReporter(request, *error)
        reports.extend([reporter.get_traceback_text(), reporter.get_traceback_html()])

    if failing == "check_password":
        monkeypatch.setattr(pins, "check_password", explode)
    elif failing == "fetch_one":
        monkeypatch.setattr(requests, "fetch_one", explode)
    else:
        monkeypatch.setattr("purchases.forms.Approval", explode)
    monkeypatch.setattr(
        "django.core.handlers.exception.response_for_exception",
        lambda request, error: report(request, type(error), error, error.__traceback__),
    )
    with pytest.raises(Exception):  # noqa: B017, PT011  Django has no answer to give then
        approve(desk, pack, fields, PASSWORD)

    assert len(reports) >= 2
    assert "a mistake of ours" in reports[0]
    assert not [report for report in reports if PASSWORD in report]


def test_database_outage_requires_the_secret_again_and_counts_no_try(
    desk: Client, olivia: User, pack: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = owners_form(desk, pack)
    desk.raise_request_exception = False

    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(requests, "fetch_one", fail)
        answer = approve(desk, pack, fields, PASSWORD)

    assert answer.status_code == 503
    assert PASSWORD not in html_of(answer)
    again = post_action(desk, "reinstate", pack, htmx=True, **fields_in(html_of(answer)))
    assert again.status_code == 409
    assert note_on(again) == "Nothing was changed yet: Olivia types the password or PIN again."
    assert rate_limit.take_wrong_tries("olivia") is None
    assert approve(desk, pack, fields_in(approval_form(again)), PASSWORD).status_code == 200
    assert used(pack) == 2
