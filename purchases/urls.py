from django.urls import path

from purchases import views
from purchases.acts import undo_views
from purchases.acts import views as act_views
from purchases.cancelled_class.list_views import cancelled_class_detail, extend_all, undo_all
from purchases.cancelled_class.views import cancelled_class, reinstate_all
from purchases.seals.views import receipt, seal_list

app_name = "purchases"
urlpatterns = [
    # /purchases/
    path("purchases/", views.purchase_list, name="purchase_list"),
    path("purchases/changes/", views.changes, name="changes"),
    path("purchases/rows/", views.rows, name="rows"),
    path("purchases/<uuid:purchase_id>/", views.purchase_detail, name="purchase_detail"),
    path("purchases/<uuid:purchase_id>/reinstate/", views.reinstate, name="reinstate"),
    path("purchases/<uuid:purchase_id>/use/", views.use, name="use"),
    path("purchases/<uuid:purchase_id>/extend/", views.extend, name="extend"),
    path("purchases/<uuid:purchase_id>/correct-used/", act_views.correct_used, name="correct_used"),
    path(
        "purchases/<uuid:purchase_id>/correct-total/", act_views.correct_total, name="correct_total"
    ),
    path("purchases/<uuid:purchase_id>/move-use/", act_views.move_use, name="move_use"),
    path("purchases/<uuid:purchase_id>/transfer/", act_views.transfer, name="transfer"),
    path("purchases/<uuid:purchase_id>/refund/", act_views.refund, name="refund"),
    path(
        "purchases/<uuid:purchase_id>/receive-payment/",
        act_views.receive_payment,
        name="receive_payment",
    ),
    # /events/
    path("events/<int:event_id>/undo/", views.undo, name="undo"),
    # /moves/
    path("moves/<int:event_id>/undo/", undo_views.undo_move, name="undo_move"),
    # /changes/
    path("changes/<int:event_id>/undo/", undo_views.undo_change, name="undo_change"),
    # /extensions/
    path("extensions/<int:event_id>/undo/", views.undo_extension, name="undo_extension"),
    # /clients/
    path("clients/<uuid:client_id>/", views.client_detail, name="client_detail"),
    # /cancelled-class/
    path("cancelled-class/", cancelled_class, name="cancelled_class"),
    path("cancelled-class/<uuid:list_id>/", cancelled_class_detail, name="cancelled_class_detail"),
    path("cancelled-class/<uuid:list_id>/reinstate/", reinstate_all, name="reinstate_all"),
    path("cancelled-class/<uuid:list_id>/undo/", undo_all, name="undo_all"),
    path("cancelled-class/<uuid:list_id>/extend/", extend_all, name="extend_all"),
    # /seals/
    path("seals/", seal_list, name="seal_list"),
    path("seals/receipt/", receipt, name="receipt"),
]
