import logging
from dataclasses import dataclass
from typing import Any
from uuid import uuid4, uuid5

from django.contrib import admin, messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases import clock, operations
from purchases.acts.menu import act_url
from purchases.admin.client_search import ClientSearchAdmin
from purchases.admin.own_org import is_superuser, member_may, member_of
from purchases.admin.purchase_form import PurchaseActionForm, PurchaseForm, StateFilter
from purchases.formatting import money, number, used_of
from purchases.forms import ReinstateForm
from purchases.member import Member
from purchases.models import Purchase, PurchaseQuerySet, Refusal
from purchases.operations.commands import CorrectExpiry, Reinstate, Sell

LOGGER = logging.getLogger("studio.desk")
COUNT_IS_OFF = _(
    "Nothing was saved: more sessions are used than were bought, or fewer than 0. Correct the count"
    " on the purchase’s page, then save again."
)


@dataclass(frozen=True)
class AdminUser:
    """The user of the admin, who acts. A superuser has no membership."""

    user_id: int


@admin.register(Purchase)
class PurchaseAdmin(ClientSearchAdmin):
    form = PurchaseForm
    fields = [
        "org",
        "client",
        "offer",
        "amount_paid_cents",
        "currency",
        "payment_status",
        "payment_method",
        "sessions_total",
        "sessions_used",
        "sessions_remaining",
        "purchased_at",
        "expires_at",
        "created_at",
        "at_the_desk",
    ]
    readonly_fields = [
        *["amount_paid", "sessions_used", "sessions_remaining", "created_at", "at_the_desk"],
    ]
    autocomplete_fields = ["org", "client", "offer"]
    list_display = [
        "client",
        "at_desk",
        "offer",
        "used",
        "left",
        "purchased_at",
        "expires_at",
        "payment_status",
        "amount_paid",
        "org",
    ]
    list_filter = [
        "org",
        StateFilter,
        "offer__offer_type",
        "payment_status",
        "purchased_at",
        "expires_at",
    ]
    list_select_related = ["client", "offer", "org"]
    client_column = "client_id"
    search_help_text = _(
        "A client’s name, e-mail or phone number. The beginning of a word is enough."
    )
    ordering = ["-purchased_at", "-id"]
    sortable_by = ["purchased_at", "expires_at"]
    actions = ["reinstate"]
    action_form = PurchaseActionForm

    def view_on_site(self, row: Purchase) -> str:
        return reverse("purchases:purchase_detail", args=[row.pk])

    @admin.display(description=_("used"))
    def used(self, purchase: Purchase) -> str:
        return used_of_total(purchase)

    @admin.display(description=_("left"))
    def left(self, purchase: Purchase) -> Any:
        return purchase.sessions_remaining

    @admin.display(description=_("amount paid"))
    def amount_paid(self, purchase: Purchase) -> str:
        return money(purchase.amount_paid_cents, purchase.currency)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Omit the links to the acts for people who cannot act. Show a stored amount in words."""
        names, member = super().get_fields(request, obj), member_of(request)
        if obj is None:
            return names
        can_act = member and member.org_id == obj.org_id and member.may("correct")
        hidden = {"currency"} if can_act else {"currency", "at_the_desk"}
        shown = [name for name in names if name not in hidden]
        return ["amount_paid" if name == "amount_paid_cents" else name for name in shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Make all but the expiry read-only on existing purchases. Acts change the rest, so that
        the ledger names the person."""
        if obj is None:
            return super().get_readonly_fields(request, obj)
        return [*(str(name) for name in self.fields if name != "expires_at"), "amount_paid"]

    @admin.display(description=_("change it at the desk"))
    def at_the_desk(self, purchase: Purchase) -> str:
        """Return links to the purchase's page and to its acts."""
        pages = [
            ("purchase_detail", gettext("The purchase’s page")),
            ("correct_total", gettext("Correct bought")),
            ("correct_used", gettext("Correct used")),
            ("transfer", gettext("Transfer")),
            ("refund", gettext("Refund")),
        ]
        links = [(act_url(name, purchase.pk), label) for name, label in pages]
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"purchased_at": clock.now()} | super().get_changeform_initial_data(request)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Report a count outside its bounds: such a row refuses every change of its expiry."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except operations.Refused as refusal:
            LOGGER.info("a change in the admin was refused: %s", refusal.code)
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.get_full_path())
        except IntegrityError as error:
            if operations.constraint_refusal(error) != Refusal.COUNT_IS_OFF:
                raise
            self.message_user(request, COUNT_IS_OFF, messages.ERROR)
            return redirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Purchase, form: Any, change: bool) -> None:
        """Save through an operation, so that the ledger names the person."""
        assert request.user.pk is not None
        if not change:
            self._sell(request, obj, AdminUser(request.user.pk))
        elif "expires_at" in form.changed_data:
            operations.correct_expiry(
                actor_id=request.user.pk,
                purchase=obj,
                command=CorrectExpiry(request_id=uuid4(), expires_at=obj.expires_at),
            )

    def _sell(self, request: HttpRequest, obj: Purchase, user: AdminUser) -> None:
        """Add the purchase, and give `obj` its id."""
        member = member_of(request)
        if member and not is_superuser(request):
            obj.org_id = member.org_id
        sold = operations.sell(
            member=user,
            org_id=obj.org_id,
            command=Sell(
                request_id=uuid4(),
                client_id=obj.client_id,
                offer_id=obj.offer_id,
                sessions_total=obj.sessions_total,
                amount_paid_cents=obj.amount_paid_cents,
                currency=obj.currency,
                payment_status=obj.payment_status or Purchase.PaymentStatus.PENDING,
                payment_method=obj.payment_method,
                purchased_at=obj.purchased_at,
                expires_at=obj.expires_at,
            ),
        )
        obj.pk, obj._state.adding = sold.pk, False

    def has_reinstate_permission(self, request: HttpRequest) -> bool:
        return member_may(request, "reinstate")

    @admin.action(description=_("Reinstate one session"), permissions=["reinstate"])
    def reinstate(self, request: HttpRequest, queryset: PurchaseQuerySet) -> None:
        """Reinstate each purchase on its own, and report each result."""
        member = member_of(request)
        assert member is not None
        form = ReinstateForm(request.POST, reason_required=member.must_give_reason)
        if not form.is_valid():
            for problem in form.errors.values():
                self.message_user(request, " ".join(map(str, problem)), messages.ERROR)
            return
        if queryset.count() > self.list_per_page:
            text = gettext("Nothing was changed. Select at most %(most)d purchases.")
            self.message_user(request, text % {"most": self.list_per_page}, messages.ERROR)
            return
        for purchase in queryset:
            level, report = reinstate_one(member, purchase, form.command)
            self.message_user(request, report, level)


def reinstate_one(member: Member, purchase: Purchase, command: Reinstate) -> tuple[int, str]:
    """Reinstate one session, and return the message level and the message.

    Each request id is derived from the command's id and the purchase, so a repeated form is
    idempotent.
    """
    which = {"client": purchase.client, "offer": purchase.offer}
    refused = gettext("%(client)s (%(offer)s): %(why)s")
    if purchase.org_id != member.org_id:
        why = gettext("Only a member of its studio can reinstate a session.")
        return messages.ERROR, refused % {**which, "why": why}
    request_id = uuid5(command.request_id, str(purchase.pk))
    try:
        done = operations.reinstate(
            member=member,
            purchase=purchase,
            command=Reinstate(request_id=request_id, reason=command.reason),
        )
    except operations.Refused as refusal:
        LOGGER.info("reinstate of purchase %s was refused: %s", purchase.pk, refusal.code)
        return messages.ERROR, refused % {**which, "why": refusal}
    reinstated = gettext("Session reinstated for %(client)s (%(offer)s).") % which
    return messages.SUCCESS, f"{reinstated} {used_of(done.sessions_used, purchase.sessions_total)}."


def used_of_total(purchase: Purchase) -> str:
    """Return "3 of 10", "3" without a total, or a dash for a missing count."""
    used, total = number(purchase.sessions_used), purchase.sessions_total
    if total is None:
        return used
    return gettext("%(used)s of %(total)s") % {"used": used, "total": number(total)}
