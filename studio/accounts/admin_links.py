"""Invitations and links for a new password in the admin.

No form of the admin takes the password of another person.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.messages import ERROR
from django.db import router, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin import OwnOrgAdmin
from purchases.admin.row_form import RowForm
from studio.accounts import mail, security_log
from studio.accounts.links import (
    end_former_invitation,
    is_invited,
    make_link,
    may_make_link,
    site_of,
)
from studio.accounts.membership import Membership
from studio.accounts.recorded_admin import account, record_changes
from studio.accounts.security_event import SecurityEvent
from studio.accounts.user import User

Kind = SecurityEvent.Kind

MAKE_LINKS = _("Make a link for a new password")
# The fields that an owner fills in to invite a person.
INVITATION = ["first_name", "last_name", "email", "username", "role"]


class NewPersonForm(RowForm):
    """The form of a new account. The person chooses the password by a link."""

    class Meta:
        model = User
        fields = ["username", "first_name", "last_name", "email", "is_superuser"]

    def save(self, commit: bool = True) -> Any:
        self.instance.set_unusable_password()
        return super().save(commit)


class InvitationForm(RowForm):
    """The form of a new member, with the fields of their new account."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        required=False,
        help_text=_("With this name the person signs in. Empty: the e-mail."),
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
            self.person.full_clean(exclude=["password", *self.errors])
        except forms.ValidationError as problem:
            self.add_error(None, problem)
        return cleaned

    def save_person(self) -> User:
        self.person.save()
        return self.person


def is_invitation(request: HttpRequest, obj: Any) -> bool:
    """Return whether the form of members is that of an invitation. Superusers have other forms."""
    return obj is None and not request.user.is_superuser


def links_page(
    model_admin: "admin.ModelAdmin[Any]", request: HttpRequest, users: Iterable[User]
) -> TemplateResponse:
    """Send a link to each person by e-mail, or show it if that is not possible.

    The page is the response to the form itself, so that no link is stored.
    """
    site, language = site_of(request), translation.get_language()
    links = []
    for user in users:
        kind = Kind.INVITED if is_invited(user) else Kind.LINK_MADE
        security_log.record(kind, account_id=user.pk)
        by_email = settings.SENDS_EMAIL and bool(user.email)
        if by_email:
            send = partial(mail.send_link, user, site, language)
            # An invitation that is rolled back is not sent.
            transaction.on_commit(partial(mail.in_background, send))
        links.append({"user": user, "url": None if by_email else make_link(user, site)})
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
    allowed: list[User] = []
    for row, user in rows:
        if may_make_link(cast("User", request.user), user):
            end_former_invitation(user)
            model_admin.log_change(request, row, gettext("Made a link to choose a password."))
            allowed.append(user)
        else:
            text = _("You cannot make a link for %(name)s.") % {"name": user.get_short_name()}
            model_admin.message_user(request, text, ERROR)
    return links_page(model_admin, request, allowed) if allowed else None


class InvitingAdmin(OwnOrgAdmin):
    """The admin of members, as far as invitations and links go. An owner adds a member by an
    invitation; a superuser adds an existing account."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if is_invitation(request, obj):
            kwargs["form"] = InvitationForm
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
            return links_page(self, request, [obj.user])
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
                user = User.objects.select_for_update().get(pk=member.user_id)
                may_withdraw = is_invited(user) and may_make_link(maker, user)
                if may_withdraw:
                    self.log_deletions(request, Membership.objects.filter(pk=member.pk))
                    delete_account(user)
            if may_withdraw:
                self.message_user(request, _("The invitation of %(name)s is withdrawn.") % name)
            else:
                text = _("%(name)s has no invitation that you can withdraw.") % name
                self.message_user(request, text, ERROR)


def delete_account(user: User) -> None:
    user_id, before = user.pk, account(user.pk)
    # `user.delete()` would delete from the admin's log without looking: studio_app may not.
    collector = NestedObjects(using=router.db_for_write(User))
    collector.collect([user])
    collector.delete()
    record_changes(user_id, before)
