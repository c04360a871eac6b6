"""Create a studio: its org, its policy and its owner, in one transaction."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from purchases.models import Org
from studio.accounts import security_log
from studio.accounts.permissions import Role
from studio.accounts.security_event import SecurityEvent
from studio.models import Membership, Policy, User


class NameTaken(Exception):
    """Another studio of this site has the name."""


@dataclass(frozen=True)
class NewStudio:
    name: str
    country: str
    time_zone: str
    # Empty: the language of each browser.
    language: str
    # Three small letters.
    currency: str


def create_studio(new: NewStudio, owner: User) -> Membership:
    """Create the studio and the account of its owner, which has its password or no usable one.

    Raise NameTaken if a studio has the name, in upper or lower case.
    """
    with transaction.atomic():
        if is_taken(new.name):
            raise NameTaken(new.name)
        org = create_org(new.name)
        Policy.objects.create(
            org=org,
            country=new.country,
            time_zone=new.time_zone,
            language=new.language,
            currency=new.currency,
        )
        owner.save()
        member = Membership.objects.create(user=owner, org=org, role=Role.OWNER)
        security_log.record(
            SecurityEvent.Kind.STUDIO_CREATED, account_id=owner.pk, actor_id=owner.pk
        )
    return member


def create_org(name: str) -> Org:
    """Create the row. Raise NameTaken if a concurrent request has created one of this name."""
    try:
        with transaction.atomic():
            return Org.objects.create(name=name, slug=free_slug(name))
    except IntegrityError:
        raise NameTaken(name) from None


def is_taken(name: str) -> bool:
    return Org.objects.filter(name__iexact=name).exists()


def name_taken_message(name: str) -> str:
    return _("There is a studio called “%(name)s” already. Choose another name.") % {"name": name}


def free_slug(name: str) -> str:
    """Return a slug for the name that no studio has."""
    wanted = slugify(name)[:80] or "studio"
    taken = set(Org.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
