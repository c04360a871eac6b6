"""The site without its idempotency key: actions do not claim their request id first."""

from studio.rsgi import application

# studio.rsgi has set up Django, so that models can be imported.
from purchases.models import SessionRequest  # isort: skip
from purchases.operations import sessions  # isort: skip

__all__ = ["application"]

sessions.STATEMENTS[SessionRequest.Operation.REINSTATE] = """
    SELECT result.done, nullif(current_setting('studio.event_id', true), '')::bigint
    FROM (SELECT public.release_session(%(purchase_id)s) AS done OFFSET 0) AS result
"""
