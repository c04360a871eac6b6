"""The one request that may be longer than others: a file that an owner imports."""

from purchases.imports.reader import MAX_BYTES

PATH = "/import/"
# The file, with the other fields of its form.
LONGEST = MAX_BYTES + 64 * 1024
SECONDS = 120


def may_upload(user_id: str) -> bool:
    """Return whether the user is an owner of a studio."""
    # The server imports this module before the models are loaded.
    from studio.models import Membership

    return Membership.usable().filter(user_id=user_id, role=Membership.Role.OWNER).exists()
