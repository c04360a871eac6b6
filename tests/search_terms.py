"""Helpers for the search terms of clients, which triggers maintain."""

from uuid import UUID

from purchases.models import ClientSearchTerm, Org
from tests.database import rows


def found_names(org: Org, word: str) -> list[str]:
    """Return the names of the org's clients with a term that begins with this word."""
    terms = ClientSearchTerm.objects.filter(org_id=org.pk).beginning_with(word)
    return sorted(terms.values_list("client__full_name", flat=True).distinct())


def terms(client_id: UUID) -> set[str]:
    """Return the client's terms, without the initials that follow each."""
    query = "SELECT split_part(term, ' ', 1) FROM client_search_terms WHERE client_id = %s"
    return {term for (term,) in rows(query, client_id)}
