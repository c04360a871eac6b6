"""The base of an org's admins: only rows of the member's own org (tenant), permissions by role."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.admin.strict_query import StrictQueryAdmin
from purchases.member import Action, Member

LONG_TEXTS = {"notes", "description"}


def member_of(request: HttpRequest) -> Member | None:
    """Return the acting member, or None for a superuser without a membership."""
    member: Member | None = getattr(request, "member", None)
    return member


def member_may(request: HttpRequest, action: Action) -> bool:
    member = member_of(request)
    return member is not None and member.may(action)


def is_superuser(request: HttpRequest) -> bool:
    return request.user.is_superuser


class OwnOrgAdmin(StrictQueryAdmin):
    """An admin of the rows of the member's own org.

    Staff and accountants view rows, owners add and change them, superusers do both in every org.
    Only superusers see the column, filter and field `org`.
    """

    org_lookup = "org_id"
    # The permission that the row's page at the desk requires.
    desk_action: Action = "see"
    show_full_result_count = False
    list_per_page = 50

    # --- Who may do what ------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request) or member_may(request, "see")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request) or member_may(request, "administer")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False for the shared tables.

        The ledger could not name the person, other programs' rows could be deleted by cascade, and
        studio_app has no DELETE privilege on them.
        """
        return is_superuser(request) and self.opts.app_label != "purchases"

    # --- Which rows, and which choices ----------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if is_superuser(request):
            return rows
        member = member_of(request)
        return rows.filter(**{self.org_lookup: member.org_id}) if member else rows.none()

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row. Raise Http404 if it belongs to another org."""
        if row := super().get_object(request, object_id, from_field):
            return row
        raise Http404

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Offer only rows that the related model's own list shows to this person."""
        listed = self.admin_site.get_model_admin(db_field.related_model)
        kwargs["queryset"] = listed.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    # --- The way to the desk --------------------------------------------------------------------

    def view_on_site(self, row: Any) -> str | None:
        """Return the URL of the row’s page at the desk, or None without such a page."""
        return None

    @admin.display(description=_("desk"))
    def at_desk(self, row: Any) -> str:
        """Return a link to the row's page at the desk, as a column of a list."""
        url = self.view_on_site(row)
        return format_html('<a href="{}">{}</a>', url, gettext("Open")) if url else ""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Omit the link to the desk for people who cannot open the page there."""
        response = super().render_change_form(request, context, *args, **kwargs)
        row, member = context["original"], member_of(request)
        is_own = row and member and getattr(row, self.org_lookup) == member.org_id
        if not (is_own and member_may(request, self.desk_action)):
            # The response renders this context later.
            context["has_absolute_url"] = False
        return response

    # --- How a form looks, and what it writes ---------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        names = self._for_this_person(request, self.fields)
        return names if obj else [name for name in names if name not in self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Make `org` read-only on existing rows."""
        return [*self.readonly_fields, "org"] if obj else [*self.readonly_fields]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Omit links to the desk for superusers, because the desk shows one org."""
        names = self._for_this_person(request, self.list_display)
        return [name for name in names if name != "at_desk" or not is_superuser(request)]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return self._for_this_person(request, self.list_filter)

    def _for_this_person(self, request: HttpRequest, names: Any) -> list[Any]:
        return [name for name in names if name != "org" or is_superuser(request)]

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Use a single-line input for short text columns, and null for empty nullable text."""
        if isinstance(db_field, models.TextField) and not db_field.choices:
            is_long = db_field.name in LONG_TEXTS
            kwargs["widget"] = AdminTextareaWidget if is_long else AdminTextInputWidget
            kwargs["empty_value"] = None if db_field.null else ""
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start a new row with the column defaults of the database."""
        defaults = {
            field.name: field.db_default
            for field in self.opts.fields
            if isinstance(field.db_default, str | int)
        }
        return defaults | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save only the changed columns, because a count may have changed since the form loaded."""
        if change:
            obj.save(update_fields=self.columns_to_write(request, obj, form))
            return
        member = member_of(request)
        if member and not is_superuser(request):
            obj.org_id = member.org_id
        obj.save()

    def columns_to_write(self, request: HttpRequest, obj: Any, form: Any) -> list[str]:
        """Return the names of the changed columns that `save` may write."""
        return list(form.changed_data)


class ReadOnlyAdmin(OwnOrgAdmin):
    """An admin of an append-only table, with the newest rows first."""

    ordering = ["-pk"]
    sortable_by = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
