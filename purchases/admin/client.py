from django.contrib import admin

from purchases.admin.own_org import OwnOrgAdmin
from purchases.models import Client


@admin.register(Client)
class ClientAdmin(OwnOrgAdmin):
    fields = ["org", "full_name", "email", "phone", "status", "notes", "created_at"]
    readonly_fields = ["created_at"]
    autocomplete_fields = ["org"]
    list_display = ["full_name", "email", "phone", "status", "org", "created_at"]
    list_filter = ["org", "status", "created_at"]
    list_select_related = ["org"]
    search_fields = ["full_name", "email", "phone"]
    ordering = ["-created_at"]
    sortable_by = ["full_name", "created_at"]
