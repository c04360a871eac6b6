"""The table of backups: when each one was finished, so that its age can be shown."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

from purchases import clock


class Backup(models.Model):
    """A finished backup of the whole database. A backup does not have its own row."""

    finished_at = models.DateTimeField(db_default=Now(), editable=False)
    file_name = models.TextField()
    size_bytes = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "backup"
        verbose_name_plural = "backups"
        constraints = [
            models.CheckConstraint(
                name="backup_has_a_name",
                condition=~models.Q(file_name=""),
            ),
            models.CheckConstraint(
                name="backup_is_not_empty",
                condition=models.Q(size_bytes__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def age(self) -> timedelta:
        return max(clock.now() - self.finished_at, timedelta(0))


def record(file_name: str, size_bytes: int | None = None) -> None:
    """Record that a backup was finished just now, by this site or another program."""
    Backup.objects.create(file_name=file_name, size_bytes=size_bytes)


def last_backup() -> Backup | None:
    return Backup.objects.order_by("-finished_at", "-pk").first()


def age_of_last() -> timedelta | None:
    """Return the age of the last backup, or None if none is recorded."""
    backup = last_backup()
    return backup.age if backup else None
