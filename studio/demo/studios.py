"""The two demo studios: their offers, and the newest purchases as stories."""

from __future__ import annotations

from dataclasses import dataclass, field

from purchases.models import Offer, Purchase, SessionRequest

Reason = SessionRequest.Reason

PACK, SINGLE, SUBSCRIPTION = (
    Offer.Type.SESSION_PACK,
    Offer.Type.SINGLE_SESSION,
    Offer.Type.SUBSCRIPTION,
)
PAID, PENDING, FAILED, REFUNDED = (
    Purchase.PaymentStatus.SUCCEEDED,
    Purchase.PaymentStatus.PENDING,
    Purchase.PaymentStatus.FAILED,
    Purchase.PaymentStatus.REFUNDED,
)


@dataclass(frozen=True)
class OnSale:
    """An offer. `sold` is its percentage of all purchases."""

    name: str
    kind: Offer.Type
    price_cents: int
    sessions: int | None
    valid_days: int | None
    sold: int
    bonus: int = 0
    is_active: bool = True


@dataclass(frozen=True)
class Story:
    """A client (see `Name.parse`), and the purchase that they made `days_ago`."""

    days_ago: int
    client: str
    offer: str
    used: int = 0
    status: Purchase.PaymentStatus = PAID


@dataclass(frozen=True)
class Studio:
    name: str
    slug: str
    clients: int
    purchases: int
    offers: list[OnSale]
    stories: list[Story]
    companies: list[Story] = field(default_factory=list)  # one purchase each
    has_malformed_rows: bool = False
    allowances: dict[str, int] = field(default_factory=dict)  # sessions in 30 days, by reason


NORTHSIDE = Studio(
    name="Northside Pilates",
    slug="northside-pilates",
    clients=2000,
    purchases=6000,
    offers=[
        OnSale("10-class pack", PACK, 24000, 10, 180, sold=30),
        OnSale("20-class pack", PACK, 44000, 20, 365, sold=10),
        OnSale("5-class pack", PACK, 13000, 5, 90, sold=12),
        OnSale("5 private sessions", PACK, 45000, 5, None, sold=5),
        OnSale("10 duet sessions", PACK, 62000, 10, 365, sold=3),
        OnSale("Starter week, 3 classes", PACK, 4900, 3, 7, sold=8),
        OnSale("Spring pack, 10 classes", PACK, 22000, 10, 120, sold=4, bonus=2, is_active=False),
        OnSale("Single class", SINGLE, 2800, 1, 7, sold=14),
        OnSale("Single private session", SINGLE, 9900, 1, 30, sold=4),
        OnSale("Monthly unlimited", SUBSCRIPTION, 18900, None, 30, sold=9),
        OnSale("Annual unlimited", SUBSCRIPTION, 189000, None, 365, sold=1),
        OnSale("Company pack, 1,000 classes", PACK, 1500000, 1000, None, sold=0),
    ],
    stories=[
        Story(1, "Zoë Óskarsdóttir-Nguyễn", "20-class pack", 2),
        Story(1, "田中 さくら=Sakura Tanaka", "10-class pack", 1),
        Story(1, "Grace Bennett", "Single class", status=PENDING),
        Story(1, "Siobhán O’Brien", "5 private sessions", 1),
        Story(1, "Tom Fletcher", "Starter week, 3 classes"),
        Story(1, "Priya Raghunathan", "Monthly unlimited"),
        Story(2, "José Álvarez", "10-class pack", 2),
        Story(2, "김지우=Jiwoo Kim", "Starter week, 3 classes", 1),
        Story(2, "Harriet Lindqvist-Marsh", "10-class pack", status=FAILED),
        Story(2, "Muhammad al-Khwārizmī", "20-class pack", 2),
        Story(2, "Suharti", "Single class", 1),
        Story(2, "ليلى حداد=Layla Haddad", "10-class pack", 1),
        Story(3, "Ana Ruiz", "10-class pack", 3),
        Story(3, "Oliver Whitcombe", "10 duet sessions", 2),
        Story(3, "Надія Коваленко=Nadiia Kovalenko", "Single class", 1),
        Story(3, "Chloé d’Aubigny", "Starter week, 3 classes", 3),
        Story(3, "陈美玲=Meiling Chen", "5-class pack", 2),
        Story(3, "Māia Tāwhiri", "Monthly unlimited"),
        Story(4, "Ελένη Παπαδοπούλου=Eleni Papadopoulou", "10-class pack", 4),
        Story(4, "Rohan Mehta", "Single class", status=REFUNDED),
        Story(4, "Ana Ruiz", "Starter week, 3 classes", 3),
        Story(4, "Jörg Großmann", "5 private sessions", 2),
        Story(4, "Aroha Te Kanawa", "10-class pack", 1),
        Story(5, "נועה כהן=Noa Cohen", "Starter week, 3 classes", 2),
        Story(5, "Ngozi Okonkwo", "20-class pack", 3),
        Story(5, "Charlotte St. John", "Single private session", 1),
        Story(5, "José Fernández", "10-class pack"),
        Story(5, "Björk Þorsteinsdóttir", "5-class pack", 4),
        Story(6, "प्रिया शर्मा=Priya Sharma", "10-class pack", 4),
        Story(6, "Tuấn Phạm", "Starter week, 3 classes", 1),
        Story(6, "Łucja Wiśniewska", "Monthly unlimited"),
        Story(6, "Matilda O'Sullivan", "10 duet sessions", 1),
        Story(6, "José Fernández", "Single class", status=PENDING),
        Story(7, "Gülşen Yıldız", "Starter week, 3 classes", 2),
        Story(7, "王伟=Wei Wang", "10-class pack", 5),
        Story(7, "Marguerite Beauséjour-Lefèvre", "20-class pack", status=REFUNDED),
        Story(7, "Sione Kaʻahumanu", "Single class", 1),
        Story(8, "Rhys Pritchard", "Starter week, 3 classes", 2),
        Story(8, "ณัฐธิดา แสงทอง=Natthida Saengthong", "5-class pack", 3),
        Story(8, "João Conceição", "Single class"),
        Story(8, "ნინო ბერიძე=Nino Beridze", "10-class pack", 2),
        Story(8, "Ana Ruiz", "Monthly unlimited"),
        Story(9, "Eleanor Vance-Whitaker", "Starter week, 3 classes"),
        Story(9, "Dušan Živković", "5 private sessions", 5),
    ],
    companies=[Story(400, "Harbour & Vale Architects", "Company pack, 1,000 classes", 1000)],
    has_malformed_rows=True,
    # A reinstatement without a reason has no allowance, so Reinstate alone always works.
    allowances={Reason.LATE_CANCEL_FORGIVEN: 2, Reason.OTHER: 2},
)

SOUTHSIDE = Studio(
    name="Southside Yoga",
    slug="southside-yoga",
    clients=20,
    purchases=40,
    offers=[
        OnSale("10-class pack", PACK, 21000, 10, 180, sold=45),
        OnSale("5-class pack", PACK, 11500, 5, 90, sold=20),
        OnSale("Casual class", SINGLE, 2500, 1, 14, sold=20),
        OnSale("Monthly unlimited", SUBSCRIPTION, 16500, None, 30, sold=15),
    ],
    stories=[
        Story(1, "Ana Ruiz", "10-class pack", 1),
        Story(2, "Noé Thériault", "Monthly unlimited"),
        Story(3, "Yuki Hasegawa", "5-class pack", 2),
    ],
)

STUDIOS = [NORTHSIDE, SOUTHSIDE]
