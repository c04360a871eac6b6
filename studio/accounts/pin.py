"""The hash of a member's PIN, made with a key that is not in the database.

Four digits have only 10,000 values, so a slow hash alone does not protect them from a reader of the
table. An HMAC of the PIN by a key from SECRET_KEY is hashed instead (a pepper). Without the key, a
guess cannot be compared with the hash.
"""

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from studio.accounts.membership import Membership

# The salts of the two digests that are made with SECRET_KEY.
PEPPER = "studio.accounts.pin"
KEY_ID = "studio.accounts.pin.key_id"
# The key id of hashes that an older version made without a key.
NO_KEY = ""


class Pin(models.Model):
    """The PIN of a member. No admin lists this table, and pages never load the hash."""

    membership = models.OneToOneField(
        Membership, models.CASCADE, primary_key=True, related_name="pin"
    )
    hash = models.TextField()
    # The key with which the hash was made, as a digest that does not reveal the key.
    key_id = models.TextField()
    digits = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("PIN")
        verbose_name_plural = _("PINs")
        constraints = [
            models.CheckConstraint(
                name="pin_digits_is_between_4_and_8", condition=models.Q(digits__range=(4, 8))
            ),
        ]

    def __str__(self) -> str:
        return gettext("PIN of %(name)s") % {"name": self.membership.name}

    @sensitive_variables("pin")
    def set_hash(self, pin: str) -> None:
        """Hash the PIN with the current SECRET_KEY, without saving."""
        self.hash, self.key_id = hashed(pin), key_id(settings.SECRET_KEY)

    @sensitive_variables("pin")
    def matches(self, pin: str) -> bool:
        """Return whether `pin` is right. If it is, replace a hash made with an older key or no key.

        A hash whose key is in neither SECRET_KEY nor SECRET_KEY_FALLBACKS matches no PIN.
        """
        if self.key_id == NO_KEY:
            is_right = check_password(pin, self.hash)
        else:
            keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
            key = next((key for key in keys if key_id(key) == self.key_id), "")
            is_right = bool(key) and check_password(peppered(pin, key), self.hash)
        if is_right and self.key_id != key_id(settings.SECRET_KEY):
            former = self.hash
            self.set_hash(pin)
            # The member may have set another PIN in the meantime.
            Pin.objects.filter(pk=self.pk, hash=former).update(hash=self.hash, key_id=self.key_id)
        return is_right


@sensitive_variables("pin")
def hashed(pin: str) -> str:
    return make_password(peppered(pin, settings.SECRET_KEY))


@sensitive_variables("pin", "key")
def peppered(pin: str, key: str) -> str:
    return salted_hmac(PEPPER, pin, secret=key, algorithm="sha256").hexdigest()


@sensitive_variables("key")
def key_id(key: str) -> str:
    """Return a short digest of a key, which tells keys apart."""
    return salted_hmac(KEY_ID, "", secret=key, algorithm="sha256").hexdigest()[:8]
