"""The rows that a reinstatement within an allowance locks. Only a function of the database uses
them."""

from django.db import models


class AllowanceLock(models.Model):
    """A row for each client whose allowance was counted."""

    client_id = models.UUIDField(primary_key=True)

    class Meta:
        db_table = "allowance_locks"

    def __str__(self) -> str:
        return str(self.client_id)
