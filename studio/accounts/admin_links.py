"""Invitations and links for a new password in the admin.

No form of the admin takes the password of another person.
"""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin
from django.contrib.messages import ERROR
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin import OwnOrgAdmin
from purchases.admin.row_form import RowForm
from studio.accounts.membership import Membership
from studio.accounts.people import invitations
from studio.accounts.people.forms import INVITATION, InvitationForm
from studio.accounts.people.invitations import Link
from studio.accounts.user import User

MAKE_LINKS = _("Make a link for a new password")


class NewPersonForm(RowForm):
    """The form of a new account. The person chooses the password by a link."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "is_superuser"]

    def save(self, commit: bool = True) -> Any:
        self.instance.set_unusable_password()
        return super().save(commit)


def is_invitation(request: HttpRequest, obj: Any) -> bool:
    """Return whether the form of members is that of an invitation. Superusers have other forms."""
    return obj is None and not request.user.is_superuser


def links_page(
    model_admin: "admin.ModelAdmin[Any]", request: HttpRequest, links: Iterable[Link]
) -> TemplateResponse:
    """Return the page with the links. It is the response to the form, so no link is stored."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("A link to choose a password"),
        "opts": model_admin.opts,
        "links": links,
    }
    return TemplateResponse(request, "admin/studio/links.html", context)


def make_links(
    model_admin: "admin.ModelAdmin[Any]", request: HttpRequest, rows: Iterable[tuple[Any, User]]
) -> HttpResponse | None:
    """Make a link for each row and its account, and record it in the admin's log."""
    links: list[Link] = []
    for row, user in rows:
        if link := invitations.new_link(request, cast("User", request.user), user):
            model_admin.log_change(request, row, gettext("Made a link to choose a password."))
            links.append(link)
        else:
            text = _("You cannot make a link for %(name)s.") % {"name": user.get_short_name()}
            model_admin.message_user(request, text, ERROR)
    return links_page(model_admin, request, links) if links else None


class InvitingAdmin(OwnOrgAdmin):
    """The admin of members, as far as invitations and links go. An owner adds a member by an
    invitation; a superuser adds an existing account."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if is_invitation(request, obj):
            org_id = getattr(request, "member").org_id  # noqa: B009  the middleware sets it
            kwargs["form"] = type("InvitationForm", (InvitationForm,), {"org_id": org_id})
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if is_invitation(request, obj):
            return INVITATION
        return super().get_fields(request, obj)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = extra_context or {}
        if is_invitation(request, None):
            # The next page shows the link, so no other button makes sense.
            other_buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
            context = {"title": _("Invite a person"), **other_buttons, **context}
        return super().add_view(request, form_url, context)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        if isinstance(form, InvitationForm):
            obj.user = form.save_person()
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Membership, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show or send the link of an invited person."""
        if is_invitation(request, None):
            return links_page(self, request, [invitations.hand_over_link(request, obj.user)])
        return super().response_add(request, obj, post_url_continue)

    @admin.action(permissions=["change"], description=MAKE_LINKS)
    def make_links(
        self, request: HttpRequest, members: QuerySet[Membership]
    ) -> HttpResponse | None:
        return make_links(self, request, [(member, member.user) for member in members])

    @admin.action(permissions=["change"], description=_("Withdraw the invitation"))
    def withdraw_invitations(self, request: HttpRequest, members: QuerySet[Membership]) -> None:
        """Delete the accounts of people who have not chosen a password."""
        maker = cast("User", request.user)
        for member in members:
            name = {"name": member.name}
            with transaction.atomic():
                # The entry needs the row, so it is written first and rolled back if it is false.
                self.log_deletions(request, Membership.objects.filter(pk=member.pk))
                is_withdrawn = invitations.withdraw_invitation(maker, member.user_id)
                transaction.set_rollback(not is_withdrawn)
            if is_withdrawn:
                self.message_user(request, _("The invitation of %(name)s is withdrawn.") % name)
            else:
                text = _("%(name)s has no invitation that you can withdraw.") % name
                self.message_user(request, text, ERROR)
