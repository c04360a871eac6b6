from django.urls import path

from purchases import views

app_name = "purchases"
urlpatterns = [
    # /purchases/
    path("purchases/", views.purchase_list, name="purchase_list"),
    path("purchases/latest/", views.latest, name="latest"),
    path("purchases/rows/", views.rows, name="rows"),
    path("purchases/<uuid:purchase_id>/", views.purchase_detail, name="purchase_detail"),
    path("purchases/<uuid:purchase_id>/reinstate/", views.reinstate, name="reinstate"),
    path("purchases/<uuid:purchase_id>/use/", views.use, name="use"),
    # /events/
    path("events/<int:event_id>/undo/", views.undo, name="undo"),
    # /clients/
    path("clients/<uuid:client_id>/", views.client_detail, name="client_detail"),
]
