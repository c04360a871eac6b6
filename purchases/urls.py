from django.urls import path, re_path

from purchases import views
from purchases.acts import undo_views
from purchases.acts import views as act_views
from purchases.cancelled_class.list_views import cancelled_class_detail, extend_all, undo_all
from purchases.cancelled_class.views import cancelled_class, reinstate_all
from purchases.clients import merge_views
from purchases.clients import views as client_views
from purchases.exports.views import export, export_list
from purchases.imports import views as import_views
from purchases.imports.balance_views import import_balances
from purchases.offers import views as offer_views
from purchases.sales.views import sell
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
    path("clients/add/", client_views.add_client, name="add_client"),
    path("clients/<uuid:client_id>/edit/", client_views.edit_client, name="edit_client"),
    path("clients/<uuid:client_id>/merge/", merge_views.merge_client, name="merge_client"),
    # /merges/
    path("merges/<int:event_id>/undo/", merge_views.undo_merge, name="undo_merge"),
    path("clients/<uuid:client_id>/", views.client_detail, name="client_detail"),
    # /cancelled-class/
    path("cancelled-class/", cancelled_class, name="cancelled_class"),
    path("cancelled-class/<uuid:list_id>/", cancelled_class_detail, name="cancelled_class_detail"),
    path("cancelled-class/<uuid:list_id>/reinstate/", reinstate_all, name="reinstate_all"),
    path("cancelled-class/<uuid:list_id>/undo/", undo_all, name="undo_all"),
    path("cancelled-class/<uuid:list_id>/extend/", extend_all, name="extend_all"),
    # /sell/
    path("sell/", sell, name="sell"),
    # /offers/
    path("offers/", offer_views.offer_list, name="offer_list"),
    path("offers/new/", offer_views.add_offer, name="add_offer"),
    path("offers/<uuid:offer_id>/", offer_views.edit_offer, name="edit_offer"),
    path("offers/<uuid:offer_id>/retire/", offer_views.retire_offer, name="retire_offer"),
    # /export/
    path("export/", export, name="export"),
    re_path(
        r"^export/(?P<list_name>[a-z-]{1,20})\.(?P<format_name>csv|xlsx)$",
        export_list,
        name="export_list",
    ),
    # /import/
    path("import/", import_views.import_file, name="import"),
    path("import/balances/", import_balances, name="import_balances"),
    path("import/<uuid:import_id>/", import_views.import_detail, name="import_detail"),
    path("import/<uuid:import_id>/columns/", import_views.import_columns, name="import_columns"),
    path("import/<uuid:import_id>/check/", import_views.import_check, name="import_check"),
    path("import/<uuid:import_id>/undo/", import_views.undo_import, name="undo_import"),
    # /seals/
    path("seals/", seal_list, name="seal_list"),
    path("seals/receipt/", receipt, name="receipt"),
]
