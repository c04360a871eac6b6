"""The admin of accounts: superusers create accounts, and owners set the roles of members."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.contrib.messages import ERROR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin.row_form import RowForm
from purchases.admin.strict_query import StrictQueryAdmin
from studio.accounts import rate_limit
from studio.accounts.admin_links import (
    MAKE_LINKS,
    InvitingAdmin,
    NewPersonForm,
    links_page,
    make_links,
)
from studio.accounts.membership import Membership
from studio.accounts.people import acts, invitations
from studio.accounts.recorded_admin import RecordedMembershipAdmin, RecordedUserAdmin
from studio.accounts.second_factor import factors
from studio.accounts.second_factor.admin import (
    remove_second_factors,
)
from studio.accounts.session import end_sessions_of
from studio.accounts.user import User

# The role of a member decides what the member may do, so groups have no use.
admin.site.unregister(Group)


class MembershipInline(admin.StackedInline):  # type: ignore[type-arg]
    model = Membership
    fields = ["org", "role"]
    autocomplete_fields = ["org"]

    def get_extra(self, request: HttpRequest, *args: Any, **kwargs: Any) -> int:
        """Return the number of empty forms."""
        return 1


class PersonForm(RowForm, UserChangeForm):  # type: ignore[type-arg]
    """Django's form of an account, with the rules for names and without the password."""

    password = None  # type: ignore[assignment]  # so Django removes a field


@admin.register(User)
class UserAdmin(RecordedUserAdmin, StrictQueryAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    """The admin of accounts, for superusers only, because an account may belong to any org."""

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
    inlines = [MembershipInline]
    add_fieldsets = [(None, {"fields": NewPersonForm.Meta.fields})]
    fieldsets = [
        (None, {"fields": ["username"]}),
        (_("The person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Access"), {"fields": ["is_active", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []
    actions = ["make_links", "sign_out_everywhere", remove_second_factors]
    list_display = ["username", "first_name", "last_name", "email", "studios", "last_login"]
    list_filter = ["is_active", "is_superuser", "memberships__role", "last_login", "date_joined"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        return users.prefetch_related("memberships__org")

    @admin.display(description=_("memberships"))
    def studios(self, user: User) -> str:
        return "; ".join(str(membership) for membership in user.memberships.all())

    def get_urls(self) -> list[URLPattern]:
        """Omit the page on which Django lets a superuser type another person's password."""
        urls = super().get_urls()
        return [url for url in urls if url.name != "auth_user_password_change"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            end_sessions_of(obj)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the link of the new person, except in a popup window, which has no page for it."""
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return links_page(self, request, [invitations.hand_over_link(request, obj)])

    @admin.action(permissions=["change"], description=MAKE_LINKS)
    def make_links(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        return make_links(self, request, [(user, user) for user in users])

    @admin.action(permissions=["change"], description=_("Sign out everywhere"))
    def sign_out_everywhere(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            acts.sign_out_everywhere(user)
            self.log_change(request, user, gettext("Signed out everywhere."))
            text = _("%(name)s is signed out everywhere.")
            self.message_user(request, text % {"name": user.get_short_name()})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Protect accounts that have entries in the admin's log, which is append-only."""
        to_delete, counts, missing, protected = super().get_deleted_objects(objs, request)
        logged = User.objects.filter(pk__in=[user.pk for user in objs], logentry__isnull=False)
        text = _("%(user)s: the admin’s log has entries of this account. Clear “Active” instead.")
        kept = [str(text) % {"user": user} for user in logged.distinct()]
        return to_delete, counts, missing, [*protected, *kept]

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Delete the account and its membership, without a statement on the admin's log."""
        invitations.delete_account(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self.delete_model(request, user)


@admin.register(Membership)
class MembershipAdmin(RecordedMembershipAdmin, InvitingAdmin):
    """The admin of members. Owners cannot change their own role, so that an org keeps an owner."""

    fields = ["user", "org", "role", "is_active", "has_pin", "waits_until"]
    readonly_fields = ["is_active", "has_pin", "waits_until"]
    autocomplete_fields = ["user", "org"]
    list_display = [
        "user",
        "full_name",
        "email",
        "role",
        "org",
        "has_pin",
        "has_second_factor",
        "date_joined",
        "opened_at",
    ]
    actions = [
        "make_links",
        "withdraw_invitations",
        "clear_pins",
        "lift_lockouts",
        "sign_out_everywhere",
        remove_second_factors,
    ]
    list_filter = ["org", "role", "is_active", "user__date_joined", "opened_at"]
    search_fields = ["user__username", "user__first_name", "user__last_name", "user__email"]
    ordering = ["user__username"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_own = obj is not None and obj.user_id == request.user.pk
        may_change = super().has_change_permission(request, obj)
        return may_change and (not is_own or request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = super().get_readonly_fields(request, obj)
        return [*readonly, "user"] if obj else readonly

    @admin.display(boolean=True, description=_("has a PIN"))
    def has_pin(self, membership: Membership) -> bool:
        """Return whether the member has a PIN. The admin never shows the PIN or its hash."""
        return membership.has_pin

    @admin.display(boolean=True, description=_("has a second factor"))
    def has_second_factor(self, membership: Membership) -> bool:
        return bool(getattr(membership, "has_factor", False))

    @admin.display(description=_("locked out until"))
    def waits_until(self, membership: Membership) -> datetime | None:
        return rate_limit.waits_until(membership.user.username)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """Load the PINs without their hashes."""
        members = super().get_queryset(request).select_related("user", "org", "pin")
        members = members.annotate(has_factor=factors.of_member())
        without_hashes: QuerySet[Membership] = members.defer("pin__hash")
        return without_hashes

    @admin.action(permissions=["change"], description=_("Clear the PIN"))
    def clear_pins(self, request: HttpRequest, members: QuerySet[Membership]) -> None:
        for member in members:
            acts.clear_pin(member)
            text = _("The PIN of %(name)s is cleared.") % {"name": member.name}
            self.log_change(request, member, str(text))
            self.message_user(request, text)

    @admin.action(permissions=["change"], description=_("Unlock"))
    def lift_lockouts(self, request: HttpRequest, members: QuerySet[Membership]) -> None:
        """End the delays of the members, at most once an hour for each of them."""
        for member in members:
            name = {"name": member.name}
            if rate_limit.waits_until(member.user.username) is None:
                self.message_user(request, _("%(name)s is not locked out.") % name)
            elif acts.unlock(member.user):
                text = _("%(name)s is unlocked.") % name
                self.log_change(request, member, str(text))
                self.message_user(request, text)
            else:
                text = _("%(name)s was unlocked less than an hour ago. Try again later.") % name
                self.message_user(request, text, ERROR)

    @admin.action(permissions=["change"], description=_("Sign out everywhere"))
    def sign_out_everywhere(self, request: HttpRequest, members: QuerySet[Membership]) -> None:
        for member in members:
            acts.sign_out_of_studio(member)
            self.log_change(request, member, gettext("Signed out everywhere."))
            text = _("%(name)s is signed out everywhere.")
            self.message_user(request, text % {"name": member.name})

    @admin.display(ordering="user__first_name", description=_("full name"))
    def full_name(self, membership: Membership) -> str:
        return membership.user.get_full_name()

    @admin.display(ordering="user__email", description=_("e-mail"))
    def email(self, membership: Membership) -> str:
        return membership.user.email

    @admin.display(ordering="user__date_joined", description=_("date joined"))
    def date_joined(self, membership: Membership) -> Any:
        return membership.user.date_joined
