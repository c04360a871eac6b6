"""The steps that lead to each state of the pages of clients and of imports."""

from playwright.sync_api import Page, expect

from purchases.imports import process
from tests.browser.visit import Visit
from tests.factories import make_client, make_purchase
from tests.imports.planned import make_draft, make_import
from tests.pages import LIST


def client_blocks(visit: Visit) -> Page:
    """Show the search for a name that three clients share, one of them without a purchase."""
    for used in (10, 2):
        make_purchase(org=visit.org, client=visit.pack.client, used=used)
    namesakes = [
        make_client(org=visit.org, name="محمد", email=f"{n}@example.com") for n in range(2)
    ]
    make_purchase(org=visit.org, client=namesakes[0])
    page = visit.see(LIST + "?q=محمد")
    expect(page.locator(".found")).to_have_count(3)
    page.locator(".earlier summary").first.click()
    return page


def similar_client(visit: Visit) -> Page:
    """Show the form of a new client whose name another client has."""
    page = visit.see("/clients/add/?name=محمد")
    page.get_by_role("button", name="Add the client").click()
    expect(page.get_by_role("alert")).to_contain_text("A client like this exists.")
    return page


def client_to_merge(visit: Visit) -> Page:
    make_client(org=visit.org, name="محمد", email="other@example.org")
    page = visit.see(f"/clients/{visit.pack.client_id}/merge/")
    expect(page.get_by_text("Choose the one to merge.")).to_be_visible()
    return page


def records_side_by_side(visit: Visit) -> Page:
    page = client_to_merge(visit)
    page.locator(".choices a").first.click()
    expect(page.get_by_role("button", name="Merge them")).to_be_visible()
    return page


def draft(visit: Visit, page_name: str) -> Page:
    """Show a page of a file that was uploaded."""
    page = visit.as_owner(LIST)
    imported = make_draft(visit.people["olivia"], "package_tracker.csv")
    page.goto(f"/import/{imported.pk}/{page_name}/")
    return page


def imported_file(visit: Visit) -> Page:
    page = visit.as_owner(LIST)
    imported = make_import(visit.people["olivia"], "package_tracker.csv")
    process.run(imported.pk)
    page.goto(f"/import/{imported.pk}/")
    return page


def balances(visit: Visit) -> Page:
    make_client(org=visit.org, name="Ana Ruiz", email="ana@example.com")
    return visit.as_owner("/import/balances/")
