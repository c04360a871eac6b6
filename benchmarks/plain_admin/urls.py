from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path

from purchases.models import Purchase
from studio.urls import urlpatterns as desk


class PurchaseAdmin(ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs alone
    list_display = ["client", "offer", "sessions_used", "sessions_total", "expires_at"]
    list_filter = ["payment_status"]
    list_select_related = ["client", "offer"]
    list_per_page = 50
    ordering = ["-purchased_at", "-id"]
    search_fields = ["client__full_name", "client__email", "client__phone"]


site = AdminSite(name="plain_admin")
site.register(Purchase, PurchaseAdmin)

urlpatterns = [path("plain/", site.urls), *desk]
