"""The admin site: for members and superusers, with the site's own sign-in page.

Django loads this module before the models, so imports that need models are inside the methods.
"""

from functools import partial, wraps
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
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

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer 400 to null characters, which Django passes on and PostgreSQL refuses."""

        @wraps(view)
        def without_null_characters(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            for parameters in (request.GET, request.POST):
                for name, values in parameters.lists():
                    if any("\0" in text for text in (name, *values)):
                        raise BadRequest("a parameter has a null character")
            return view(request, *args, **kwargs)

        return super().admin_view(without_null_characters, cacheable)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        from purchases.admin.autocomplete import StrictAutocompleteView

        return cast("HttpResponse", StrictAutocompleteView.as_view(admin_site=self)(request))

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from studio.views import sign_out

        # Without `view_on_site`: no model has an absolute URL, and a malformed id would answer 500.
        urls = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        # Signing out needs no membership.
        return [path("logout/", sign_out, name="logout"), *urls]

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Let a person change the password. Wrong tries of the old one are counted."""
        from django.contrib.auth.views import PasswordChangeView

        from studio.accounts.forms import PasswordForm
        from studio.accounts.origin import origin_of

        view = PasswordChangeView.as_view(
            form_class=partial(
                PasswordForm,
                origin=origin_of(request),
                session_key=request.session.session_key,
            ),
            success_url=resolve_url("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return cast("TemplateResponse", view(request))

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
