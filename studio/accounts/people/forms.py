"""The forms of the owner's pages about people, which the admin uses too."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from purchases.admin.row_form import RowForm
from studio.accounts.membership import Membership
from studio.accounts.people.guards import change_of_people
from studio.accounts.permissions import Role
from studio.accounts.user import INVITED_TO, User

LONGEST_NAME = 150
# The fields that an owner fills in to invite a person.
INVITATION = ["first_name", "last_name", "email", "username", "role"]


class InvitationForm(RowForm):
    """The form of a new member, with the fields of their new account.

    The account gets the proposed user name only when the person chooses a password. Until then, it
    has a name that no other org can take. So the form does not reveal whether another studio has an
    account of this name. The invited person may join with it.
    """

    # The org of the owner who invites.
    org_id: UUID | None = None

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        required=False,
        help_text=_("With this name the person signs in. Empty: the e-mail. They can change it."),
    )

    class Meta:
        model = Membership
        fields = ["role"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = {name: self.cleaned_data.get(name, "") for name in INVITATION if name != "role"}
        typed["username"] = typed["username"] or typed["email"]
        self.person = User(**typed)
        self.person.set_unusable_password()
        try:
            self.person.full_clean(exclude=["password", *self.errors], validate_unique=False)
        except forms.ValidationError as problem:
            self.add_error(None, problem)
        proposed = self.person.username
        self.person.username = invited_name(proposed, self.org_id)
        names = [proposed, self.person.username]
        if Membership.objects.filter(org=self.org_id, user__username__in=names).exists():
            self.add_error("username", _("A person with this user name is in your studio already."))
        return cleaned

    def save_person(self) -> User:
        """Save the account. Raise `NameTaken` if the org has invited the person since `clean`."""
        with change_of_people():
            self.person.save()
        return self.person


def invited_name(proposed: str, org_id: UUID | None) -> str:
    """Return the user name of a person who is invited to the org, until they choose a password."""
    of_org = f"{INVITED_TO}{org_id.hex[:12]}" if org_id else ""
    return proposed[: LONGEST_NAME - len(of_org)] + of_org


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)
