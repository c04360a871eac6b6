from django.contrib import admin

from purchases.admin.client_search import ClientSearchAdmin
from purchases.models import Client


@admin.register(Client)
class ClientAdmin(ClientSearchAdmin):
    fields = ["org", "full_name", "email", "phone", "status", "notes", "created_at"]
    readonly_fields = ["created_at"]
    autocomplete_fields = ["org"]
    list_display = ["full_name", "email", "phone", "status", "org", "created_at"]
    list_filter = ["org", "status", "created_at"]
    list_select_related = ["org"]
    ordering = ["-created_at"]
    sortable_by = ["full_name", "created_at"]
