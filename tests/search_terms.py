"""The words that find a client, as the database keeps them."""

from uuid import UUID

from purchases.models import ClientSearchTerm, Org
from tests.database import rows


def found(org: Org, word: str) -> list[str]:
    """The names of the org's clients whom the word finds."""
    terms = ClientSearchTerm.objects.filter(org_id=org.pk).beginning_with(word)
    return sorted(terms.values_list("client__full_name", flat=True).distinct())


def terms(client_id: UUID) -> set[str]:
    query = "SELECT split_part(term, ' ', 1) FROM client_search_terms WHERE client_id = %s"
    return {term for (term,) in rows(query, client_id)}
