"""The admin site: for members and superusers, with the site's own sign-in page.

Django loads this module before the models, so imports that need models are inside the methods.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


class StudioAdminConfig(AdminConfig):
    default_site = "studio.admin_site.StudioAdminSite"


class StudioAdminSite(AdminSite):
    site_header = site_title = "Studio"
    index_title = _("Everything in the studio")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Let active members and superusers in. The middleware stops users without a role."""
        is_member = getattr(request, "member", None) is not None
        return request.user.is_active and (request.user.is_superuser or is_member)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from django.contrib.auth.views import LogoutView

        # Signing out needs no membership.
        return [path("logout/", LogoutView.as_view(), name="logout"), *super().get_urls()]

    @method_decorator([never_cache, login_not_required])
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the site's sign-in page, or to the index if the user is signed in already."""
        from django.contrib.auth.views import redirect_to_login

        index = resolve_url("admin:index")
        if request.user.is_authenticated:
            return redirect(index)
        return redirect_to_login(request.GET.get("next") or index)
