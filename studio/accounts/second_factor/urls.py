from django.urls import path

from studio.accounts.second_factor import sign_in, views

app_name = "second_factor"
urlpatterns = [
    path("", views.own, name="own"),
    path("check/", sign_in.check, name="check"),
    path("app/", views.add_app, name="add_app"),
    path("app/remove/", views.remove_app, name="remove_app"),
    path("passkey/", views.add_passkey, name="add_passkey"),
    path("passkey/<int:pk>/remove/", views.remove_passkey, name="remove_passkey"),
    path("recovery-codes/", views.new_codes, name="new_codes"),
]
