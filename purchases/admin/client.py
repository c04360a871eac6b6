from typing import ClassVar

from django.contrib import admin
from django.urls import reverse

from purchases.admin.client_search import ClientSearchAdmin
from purchases.admin.row_form import RowForm, Rule
from purchases.input_rules import email_address
from purchases.models import Client


class ClientForm(RowForm):
    rules: ClassVar[dict[str, Rule]] = {"email": email_address}


@admin.register(Client)
class ClientAdmin(ClientSearchAdmin):
    form = ClientForm
    fields = ["org", "full_name", "email", "phone", "status", "notes", "created_at"]
    readonly_fields = ["created_at"]
    autocomplete_fields = ["org"]
    list_display = ["full_name", "at_desk", "email", "phone", "status", "org", "created_at"]
    list_filter = ["org", "status", "created_at"]
    list_select_related = ["org"]
    ordering = ["-created_at"]
    sortable_by = ["full_name", "created_at"]

    def view_on_site(self, row: Client) -> str:
        return reverse("purchases:client_detail", args=[row.pk])
