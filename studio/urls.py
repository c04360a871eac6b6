from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from studio import views
from studio.accounts.join_studio import join_studio
from studio.accounts.link_pages import choose_password, forgotten_password
from studio.accounts.own_sessions import own_sessions
from studio.accounts.own_studios import own_studios
from studio.accounts.people.views import people
from studio.accounts.shared_desk.views import at_desk, lock, own_pin, report_activity
from studio.archive_page import export_studio
from studio.metrics.views import metrics
from studio.new_studio.views import new_studio, start_link
from studio.owner_pages.first_steps_view import finish_first_step
from studio.owner_pages.views import studio_settings

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="purchases:purchase_list"), name="home"),
    path("", include("purchases.urls")),
    # /accounts/
    path("accounts/login/", views.sign_in, name="login"),
    path("accounts/sessions/", own_sessions, name="own_sessions"),
    path("accounts/studios/", own_studios, name="own_studios"),
    path("accounts/join/", join_studio, name="join_studio"),
    path("accounts/second-factor/", include("studio.accounts.second_factor.urls")),
    path("accounts/password/", forgotten_password, name="forgotten_password"),
    path("accounts/password/<uidb64>/<token>/", choose_password, name="choose_password"),
    path("accounts/logout/", views.sign_out, name="logout"),
    # /desk/
    path("desk/", at_desk, name="at_desk"),
    path("desk/lock/", lock, name="lock_desk"),
    path("desk/here/", report_activity, name="here_at_desk"),
    path("desk/pin/", own_pin, name="own_pin"),
    # /studio/
    path("studio/", studio_settings, name="studio_settings"),
    path("studio/first-steps/", finish_first_step, name="finish_first_step"),
    # /start/
    path("start/", new_studio, name="new_studio"),
    path("start/<str:typed>/", start_link, name="start_link"),
    # /people/
    path("people/", people, name="people"),
    path("people/", include("studio.accounts.people.urls")),
    # /export/
    path("export/studio/", export_studio, name="export_studio"),
    # the admin, the health check and the metrics
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error
