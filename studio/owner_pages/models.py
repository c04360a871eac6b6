"""The table of the first steps."""

from django.db import models


class FinishedStep(models.Model):
    """A first step that an org has finished or dismissed, and that no other row tells of."""

    class Step(models.TextChoices):
        COPY = "copy"

    org = models.ForeignKey("purchases.Org", models.CASCADE, related_name="+")
    step = models.TextField(choices=Step)

    class Meta:
        verbose_name = "finished step"
        verbose_name_plural = "finished steps"
        constraints = [
            models.UniqueConstraint(name="an_org_finishes_a_step_once", fields=["org", "step"]),
            models.CheckConstraint(
                name="finished_step_is_a_code",
                condition=models.Q(step__regex="^[a-z][a-z_]*$"),
            ),
        ]

    def __str__(self) -> str:
        return self.step
