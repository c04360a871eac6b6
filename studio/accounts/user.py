"""The account with which a person signs in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in. The role of their membership decides what they may do."""

    def get_short_name(self) -> str:
        """Return the first name, or the user name of a user without one."""
        return super().get_short_name() or self.get_username()
