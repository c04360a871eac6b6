"""Families, people twice, two files, several packs, and sessions that only say what is left."""

from uuid import UUID, uuid4

from purchases.imports.packs import Counts
from purchases.imports.people import Person
from purchases.imports.plan import Known, KnownOffer
from tests.imports.planned import NORTHSIDE, packs, plan_of, texts

ANA = Person(uuid4(), "Ana Ruiz", "ana@example.com", "+61 412 345 678")


def known(*clients: Person, **more: object) -> Known:
    fresh = [Person(c.id, c.name, c.email, c.phone) for c in clients]
    return Known(NORTHSIDE, fresh, **more)  # type: ignore[arg-type]


def test_a_family_with_one_email_is_two_people() -> None:
    plan = plan_of("glofox_leads.csv", sessions={"10 Class Pack": 10, "5 Class Pack": 5})
    assert len(plan.created) == 4
    assert packs(plan) == [("Saoirse Byrne", 4, 10), ("Oisín Byrne", 2, 5)]


def test_the_same_person_in_other_case_is_twice() -> None:
    plan = plan_of("mindbody_clients.csv")
    assert texts(plan.twice) == [(10, "The same as row 5.")]
    assert len(plan.created) == 5


def test_accents_and_case_do_not_make_another_person() -> None:
    plan = plan_of("Name,Email\nZoë Ng,zoe@example.com\nZOE NG,Zoe@Example.com\n")
    assert texts(plan.twice) == [(3, "The same as row 2.")]


def test_a_client_is_matched_by_email_and_name() -> None:
    text = (
        "Name,Email\nana ruiz,ANA@example.com\nSofía Ruiz,ana@example.com\nAna Ruiz,x@y.example\n"
    )
    plan = plan_of(text, known=known(ANA))
    assert texts(plan.matched, lambda line: line.number) == [2]
    assert texts(plan.created, lambda line: line.number) == [3, 4]
    assert plan.rows[0].client.id == ANA.id


def test_a_client_without_an_email_in_the_file_is_matched_by_phone_and_name() -> None:
    plan = plan_of("Name,Phone\nAna Ruiz,0412 345 678\nAna Ruiz,0499 999 999\n", known=known(ANA))
    assert (len(plan.matched), len(plan.created)) == (1, 1)


def test_a_name_alone_is_matched_if_only_one_client_has_it() -> None:
    other = Person(uuid4(), "Ana Ruiz", "other@example.com")
    assert len(plan_of("Name,Left,Total\nAna Ruiz,3,10\n", known=known(ANA)).matched) == 1
    plan = plan_of("Name,Left,Total\nAna Ruiz,3,10\n", known=known(ANA, other))
    assert [line.number for line in plan.cannot] == [2]
    assert plan.rows == []


def test_a_second_file_is_joined_by_id_then_by_name() -> None:
    lotte = Person(uuid4(), "Lotte van der Berg", "lotte@example.com")
    chidi = Person(uuid4(), "Chidi Okafor", "chidi@example.com")
    plan = plan_of(
        "mindbody_balances.csv",
        known=known(lotte, chidi, external_ids={"100016": lotte.id}),
    )
    assert packs(plan) == [
        ("Chidi Okafor", 3, 10),
        ("Priya Raman", 10, 10),
        ("Priya Raman", 0, 1),
        ("Lotte van der Berg", 12, 20),
    ]
    assert texts(plan.cannot) == [(6, "No client has this number. Import the people first.")]
    assert texts(plan.matched, lambda line: line.name) == ["Chidi Okafor", "Lotte van der Berg"]


def test_an_id_of_another_name_joins_nobody() -> None:
    text = "Client ID,Name,Left,Total\n1,Ben Ode,3,10\n"
    plan = plan_of(text, known=known(ANA, external_ids={"1": ANA.id}))
    assert texts(plan.created, lambda line: line.name) == ["Ben Ode"]


def test_a_row_without_a_name_is_listed() -> None:
    plan = plan_of("Name,Email\n,ana@example.com\n,nobody@example.com\n", known=known(ANA))
    assert texts(plan.matched, lambda line: line.number) == [2]
    assert texts(plan.cannot, lambda line: line.number) == [3]


def test_several_packs_of_a_client_are_grouped() -> None:
    plan = plan_of("package_tracker.csv")
    assert packs(plan) == [("Nadia Rossi", 6, 10), ("Nadia Rossi", 20, 20)]
    assert plan.twice == []
    assert len({row.client.id for row in plan.rows if row.client.name == "Nadia Rossi"}) == 1


def test_more_left_than_bought_is_listed_and_the_person_imported() -> None:
    plan = plan_of("package_tracker.csv")
    assert texts(plan.cannot) == [(4, "11 are left, but only 10 were bought.")]
    assert "Sam O?Neil" in texts(plan.created, lambda line: line.name)


def test_what_is_left_of_an_unknown_total_is_asked_once_per_pack_name() -> None:
    plan = plan_of("plain.xlsx")
    assert plan.asked == {"Ten classes": None, "Duo": None}
    assert packs(plan) == [("Pavel Havel", 7 - 4, 10)]
    plan = plan_of("plain.xlsx", sessions={"ten CLASSES": 10, "Duo": 2})
    assert packs(plan) == [("Inês Duarte", 3, 10), ("Pavel Havel", 3, 10), ("Inês Duarte", 1, 2)]
    assert plan.rows[0].pack
    assert plan.rows[0].pack.counts == Counts(total=10, used=7)


def test_an_offer_of_the_same_name_says_the_total() -> None:
    offers = {"ten classes": KnownOffer(UUID(int=3), 12)}
    plan = plan_of("Name,Pack,Left\nAna Ruiz,Ten Classes,3\n", known=known(offers=offers))
    assert packs(plan) == [("Ana Ruiz", 3, 12)]
    assert plan.offers == []
    assert plan.rows[0].pack
    assert plan.rows[0].pack.offer_id == UUID(int=3)


def test_used_and_total_say_what_is_left() -> None:
    plan = plan_of("Name,Used,Total\nAna Ruiz,7,10\nBen Ode,11,10\nZoë Ng,,10\n")
    assert packs(plan) == [("Ana Ruiz", 3, 10)]
    assert [line.number for line in plan.cannot] == [3]


def test_numbers_that_do_not_add_up_are_listed() -> None:
    plan = plan_of("Name,Used,Left,Total\nAna Ruiz,7,3,10\nBen Ode,7,4,10\nZoë Ng,x,4,10\n")
    assert packs(plan) == [("Ana Ruiz", 3, 10)]
    assert [line.number for line in plan.cannot] == [3, 4]


def test_a_pack_without_a_balance_is_listed_and_not_guessed() -> None:
    plan = plan_of("glofox_leads.csv")
    assert texts(plan.no_balance) == [(5, "Monthly")]


def test_a_missing_amount_is_0_and_listed() -> None:
    plan = plan_of("wellnessliving.csv", sessions={"Intro Offer": 3})
    assert [row.pack.paid_cents for row in plan.rows if row.pack] == [18400, 2500, 18400]
    assert plan.unpaid == []
    plan = plan_of("package_tracker.csv")
    assert [line.number for line in plan.unpaid] == [2, 3]


def test_the_plan_of_the_same_file_is_the_same() -> None:
    one, other = plan_of("package_tracker.csv"), plan_of("package_tracker.csv")
    assert one.hash == other.hash
    changed = plan_of("Name,Left,Total\nAna Ruiz,3,10\n")
    assert changed.hash != plan_of("Name,Left,Total\nAna Ruiz,4,10\n").hash


def test_a_pack_that_was_imported_before_is_left_out_whatever_its_count() -> None:
    text = "Name,Left,Total\nAna Ruiz,3,10\n"
    first = plan_of(text).rows[0].pack
    assert first
    again = plan_of(
        "Name,Left,Total\nAna Ruiz,2,10\n",
        known=Known(NORTHSIDE, counts=lambda ids: {first.id: (10, 7)}),
    )
    assert packs(again) == []
    assert texts(again.packs_before) == [
        (2, "2 left in the file, 3 left here. Nothing is changed.")
    ]


def test_two_equal_packs_of_a_client_are_two_packs() -> None:
    plan = plan_of("Name,Left,Total\nAna Ruiz,3,10\nAna Ruiz,3,10\n")
    assert len({row.pack.id for row in plan.rows if row.pack}) == 2
