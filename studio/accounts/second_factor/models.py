"""The tables of second factors. No admin lists them, except the roles that need one."""

from django.db import models
from django.utils import timezone

from studio.accounts.permissions import Role
from studio.accounts.policy import Policy
from studio.accounts.user import User


class Totp(models.Model):
    """The authenticator app of a person, which shows time-based one-time passwords (TOTP)."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    # Encrypted, see encryption.py.
    secret = models.TextField()
    # The 30-second step of the last code that was used. Only later codes are accepted.
    last_counter = models.BigIntegerField()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "authenticator app"

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class Passkey(models.Model):
    """A passkey (WebAuthn) of a person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.TextField()
    credential_id = models.BinaryField(unique=True)
    # The id and public key, as WebAuthn encodes them (“attested credential data”).
    credential = models.BinaryField()
    # The number of signatures that the device has reported, or 0 if it does not count them.
    sign_count = models.BigIntegerField()
    added_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "passkey"
        verbose_name_plural = "passkeys"

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A recovery code that was not used. Using a code deletes its row."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    hash = models.TextField(unique=True)

    class Meta:
        verbose_name = "recovery code"
        verbose_name_plural = "recovery codes"

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class SecondFactorRole(models.Model):
    """A role of an org whose members need a second factor."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="second_factor_roles")
    role = models.TextField(choices=Role)

    class Meta:
        verbose_name = "role that needs a second factor"
        verbose_name_plural = "roles that need a second factor"
        constraints = [
            models.UniqueConstraint(
                name="a_policy_names_a_second_factor_role_once", fields=["policy", "role"]
            ),
            models.CheckConstraint(
                name="second_factor_role_is_known",
                condition=models.Q(role__in=["owner", "staff", "accountant_readonly"]),
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
