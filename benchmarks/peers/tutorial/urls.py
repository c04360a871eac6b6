from django.contrib.auth.views import LoginView
from django.urls import path

from tutorial import views

urlpatterns = [
    path("accounts/login/", LoginView.as_view(template_name="login.html")),
    path("packs/<int:pack_id>/locked/", views.locked),
    path("packs/<int:pack_id>/naive/", views.naive),
]
