"""Plan and write imports within the request: a thread would not see the rows of the test."""

from uuid import UUID

import pytest

from purchases.imports import worker


@pytest.fixture(autouse=True)
def no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(import_id: UUID, org_id: UUID) -> None:
        worker.work(import_id)

    monkeypatch.setattr(worker, "start_thread", work)
    monkeypatch.setattr(worker, "start_plan_thread", worker.make_plan)
