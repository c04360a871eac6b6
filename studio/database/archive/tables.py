"""The tables of an archive, and which of their rows belong to a studio."""

from dataclasses import dataclass

OF_ORG = "org_id = %(org_id)s"
# A request has no org of its own. The seals name it the same way.
REQUESTS = """request_id IN (
    SELECT row.request_id FROM public.ledger_rows() AS row
    WHERE row.ledger = 'session_requests' AND row.org_id = %(org_id)s
)"""
LEAVES = "seal_id IN (SELECT id FROM public.seals WHERE org_id = %(org_id)s)"
CLASSES = "SELECT id FROM public.cancelled_classes WHERE org_id = %(org_id)s"


@dataclass(frozen=True)
class Table:
    """A table of the archive. `rows` is the condition, and `key` the order of the file."""

    name: str
    rows: str = OF_ORG
    key: str = "id"
    # Columns that never leave the database.
    without: tuple[str, ...] = ()
    # The triggers that would write events of a change, which the archive has already.
    triggers: tuple[str, ...] = ()


# In an order in which each row finds the rows that it refers to.
TABLES = [
    Table("orgs", rows="id = %(org_id)s"),
    # The members, and all who ever did something in the studio.
    Table(
        "studio_user",
        rows=f"""id IN (
            SELECT user_id FROM public.studio_membership WHERE org_id = %(org_id)s
            UNION
            SELECT unnest(ARRAY[request.actor_id, request.approved_by_id])
            FROM public.session_requests AS request WHERE request.{REQUESTS}
            UNION
            SELECT actor_id FROM public.cancelled_classes WHERE org_id = %(org_id)s
            UNION
            SELECT actor_id FROM public.client_requests WHERE org_id = %(org_id)s
            UNION
            SELECT actor_id FROM public.offer_events WHERE org_id = %(org_id)s
        )""",  # noqa: S608
        without=("password", "last_login", "is_superuser"),
    ),
    Table("studio_membership"),
    Table("studio_policy"),
    Table(
        "studio_secondfactorrole",
        rows="policy_id IN (SELECT id FROM public.studio_policy WHERE org_id = %(org_id)s)",
    ),
    Table("studio_allowance"),
    Table("studio_finishedstep"),
    Table("clients", triggers=("record_client_event",)),
    Table(
        "merged_clients",
        rows="kept_client_id IN (SELECT id FROM public.clients WHERE org_id = %(org_id)s)",
        key="client_id",
    ),
    Table("client_requests", key="request_id"),
    Table("client_events"),
    Table("offers", triggers=("record_offer_event",)),
    Table("offer_events"),
    Table(
        "client_purchases",
        triggers=("record_session_event", "record_expiry_event", "record_purchase_event"),
    ),
    Table("session_requests", rows=REQUESTS, key="request_id"),
    Table("session_events"),
    Table("expiry_events"),
    Table("purchase_events"),
    Table("cancelled_classes"),
    Table("cancelled_class_lines", rows=f"cancelled_class_id IN ({CLASSES})", key="request_id"),
    Table("seals"),
    Table("seal_leaves", rows=LEAVES, key='ledger COLLATE "C", row_id COLLATE "C"'),
    Table(
        "seal_salts",
        rows=f"""(ledger, row_id) IN (
            SELECT ledger, row_id FROM public.seal_leaves WHERE {LEAVES}
        )""",  # noqa: S608
        key='ledger COLLATE "C", row_id COLLATE "C"',
    ),
    Table("studio_security_event"),
]

# Tables that no archive has, and why.
NOT_EXPORTED = {
    "allowance_locks": "locks have no content",
    "imports": "the ledgers have what an import added, which is not undone after a move",
    "import_rows": "the ledgers have what an import added, which is not undone after a move",
    "client_search_terms": "a trigger writes the search terms of each client",
    "studio_pin": "secrets do not travel",
    "studio_totp": "secrets do not travel",
    "studio_passkey": "secrets do not travel",
    "studio_recoverycode": "secrets do not travel",
    "studio_session": "people sign in again",
    "studio_ratelimit": "wrong tries belong to an installation",
    "studio_backup": "a backup is of an installation",
    "studio_user_groups": "Studio grants rights by the role of a member",
    "studio_user_user_permissions": "Studio grants rights by the role of a member",
    "django_admin_log": "it belongs to an installation and has rows of every studio",
    "django_migrations": "the manifest names them",
    "django_content_type": "it belongs to an installation",
    "auth_group": "it belongs to an installation",
    "auth_group_permissions": "it belongs to an installation",
    "auth_permission": "it belongs to an installation",
}
