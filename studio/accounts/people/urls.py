from django.urls import path

from studio.accounts.people import act_views, views

app_name = "person"
urlpatterns = [
    path("invite/", views.invite, name="invite"),
    # /people/<id of the membership>/
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/link/", act_views.new_link, name="new_link"),
    path("<int:pk>/withdraw/", act_views.withdraw, name="withdraw"),
    path("<int:pk>/role/", act_views.change_role, name="change_role"),
    path("<int:pk>/switch-off/", act_views.switch_off, name="switch_off"),
    path("<int:pk>/switch-on/", act_views.switch_on, name="switch_on"),
    path("<int:pk>/clear-pin/", act_views.clear_pin, name="clear_pin"),
    path("<int:pk>/unlock/", act_views.unlock, name="unlock"),
    path("<int:pk>/remove-second-factors/", act_views.remove_second_factors, name="remove_factors"),
    path("<int:pk>/sign-out/", act_views.sign_out, name="sign_out"),
]
