from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from studio import views
from studio.accounts.link_pages import choose_password, forgotten_password
from studio.accounts.own_sessions import own_sessions
from studio.accounts.shared_desk.views import at_desk, lock, own_pin, report_activity

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="purchases:purchase_list"), name="home"),
    path("", include("purchases.urls")),
    # /accounts/
    path("accounts/login/", views.sign_in, name="login"),
    path("accounts/sessions/", own_sessions, name="own_sessions"),
    path("accounts/second-factor/", include("studio.accounts.second_factor.urls")),
    path("accounts/password/", forgotten_password, name="forgotten_password"),
    path("accounts/password/<uidb64>/<token>/", choose_password, name="choose_password"),
    path("accounts/logout/", views.sign_out, name="logout"),
    # /desk/
    path("desk/", at_desk, name="at_desk"),
    path("desk/lock/", lock, name="lock_desk"),
    path("desk/here/", report_activity, name="here_at_desk"),
    path("desk/pin/", own_pin, name="own_pin"),
    # the admin and the health check
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
