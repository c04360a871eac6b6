from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from purchases.admin.own_org import OwnOrgAdmin, is_superuser
from purchases.admin.row_form import RowForm
from purchases.models import Org


@admin.register(Org)
class OrgAdmin(OwnOrgAdmin):
    form = RowForm
    org_lookup = "pk"
    desk_action = "administer"
    fields = ["name", "slug", "created_at"]
    readonly_fields = ["created_at"]
    list_display = ["name", "slug", "created_at"]
    list_filter = ["created_at"]
    search_fields = ["name", "slug"]
    ordering = ["name"]

    def view_on_site(self, row: Org) -> str:
        return reverse("studio_settings")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields] if is_superuser(request) else [*self.readonly_fields, "slug"]
