"""The account with which a person signs in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who signs in. What they may do is said by their membership."""

    def get_short_name(self) -> str:
        """What the others at the desk call them."""
        return super().get_short_name() or self.get_username()
