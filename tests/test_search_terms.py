"""Search terms of a client: the words of the name, the e-mail address and the phone number."""

from unicodedata import normalize

import pytest

from purchases.models import Org
from tests.database import value
from tests.factories import make_client
from tests.search_terms import found_names, terms


def needs_letters_beyond_ascii() -> None:
    """Skip the test if the locale of the database does not lower-case letters beyond ASCII."""
    if value("SELECT lower('Ж')") != "ж":
        pytest.skip("the locale of this database lower-cases ASCII only")


# --- Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("Ana Ruiz", ["a", "ana", "ANA", "ru", "Ruiz"], id="any word's beginning"),
        pytest.param("Zoë Ångström", ["zoe", "ZOË", "angstrom", "ångström"], id="accents"),
        pytest.param("Søren Małgorzata", ["soren", "søren", "malgorzata"], id="strokes"),
        pytest.param("Jürgen Weiß", ["weiss", "weiß", "WEISS", "jurgen"], id="sharp s"),
        pytest.param("Maria Garcia-Lopez", ["garcia", "lopez"], id="two surnames and a hyphen"),
        pytest.param("María José de la Cruz", ["maria", "jose", "de", "la", "cruz"], id="many"),
        pytest.param("Ann–Marie (Annie) Lee", ["marie", "annie", "lee"], id="punctuation"),
        pytest.param("Plato", ["plato"], id="one word"),
        pytest.param("  Ana\t Ruiz ", ["ana", "ruiz"], id="spaces around"),
        pytest.param("李小龍", ["李", "李小龍"], id="Chinese"),
        pytest.param("さくら 田中", ["さくら", "田"], id="Japanese"),
        pytest.param("김철수", ["김", "김철수"], id="Korean"),
        pytest.param("محمد علي", ["محمد", "علي"], id="Arabic"),
        pytest.param("आरती शर्मा", ["आरती", "शर्मा"], id="Hindi"),
        pytest.param("иван петров", ["иван", "пет"], id="Cyrillic in lower case"),
        pytest.param("Ａｎａ ﬁona", ["ana", "fiona"], id="wide letters and ligatures"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_found_by_the_beginning_of_each_word(
    northside: Org, name: str, words: list[str], form: str
) -> None:
    """The Unicode normal form of the name does not matter."""
    client = make_client(org=northside, name=normalize(form, name))  # type: ignore[arg-type]
    make_client(org=northside, name="Xx Xx")

    for word in words:
        assert found_names(northside, word) == [client.full_name], word


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Иван Петров", ["иван", "ИВАН", "Пет"]),
        ("Ιωάννα", ["ιωαννα", "ΙΩΆΝΝΑ"]),
        ("Øystein Æbelø", ["oystein", "øystein", "aebelo", "ÆBELØ"]),
        ("Łukasz Đorđe", ["lukasz", "łuk", "dorde", "ĐORĐE"]),
    ],
)
def test_letters_beyond_ascii_are_found_in_either_case(
    northside: Org, name: str, words: list[str]
) -> None:
    needs_letters_beyond_ascii()
    make_client(org=northside, name=name)

    for word in words:
        assert found_names(northside, word) == [name], word


@pytest.mark.parametrize("apostrophe", "'’‘ʼʻ`´")
def test_a_name_with_an_apostrophe_is_found_with_and_without_it(
    northside: Org, apostrophe: str
) -> None:
    name = f"Siobhan O{apostrophe}Brien"
    make_client(org=northside, name=name)

    for word in ["obrien", "brien", "o'brien", "O’BRIEN", "o´brien", "o"]:
        assert found_names(northside, word) == [name], word


@pytest.mark.parametrize("word", ["uiz", "na", "anar", "x", "%", "%uiz", "_na", "a.*", "\\"])
def test_the_middle_of_a_word_and_patterns_find_no_client(northside: Org, word: str) -> None:
    make_client(org=northside, name="Ana Ruiz")

    assert found_names(northside, word) == []


def test_a_client_of_another_org_is_not_found(northside: Org, southside: Org) -> None:
    make_client(org=southside, name="Ana Ruiz")

    assert found_names(northside, "ana") == []


# --- E-mail and phone -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["ana.ruiz+desk@example.com", "ANA.RUIZ+DESK@EX", "ana.r", "ruiz", "desk"]
)
def test_an_email_is_found_as_a_whole_and_by_its_words_before_the_at_sign(
    northside: Org, word: str
) -> None:
    make_client(org=northside, name="Customer", email="Ana.Ruiz+desk@Example.com")

    assert found_names(northside, word) == ["Customer"]


def test_the_domain_of_an_email_finds_no_client(northside: Org) -> None:
    """Domains are not terms, because `gmail` would find half of the clients."""
    make_client(org=northside, name="Customer", email="ana@example.com")

    assert found_names(northside, "example") == found_names(northside, "com") == []


@pytest.mark.parametrize("phone", ["+61 412 345 678", "61-412-345-678", "(61) 412.345.678"])
@pytest.mark.parametrize("digits", ["61412345678", "412345678", "345678", "678", "3456"])
def test_a_phone_is_found_by_three_or_more_digits_in_a_row(
    northside: Org, phone: str, digits: str
) -> None:
    make_client(org=northside, name="Customer", phone=phone)

    assert found_names(northside, digits) == ["Customer"]


def test_two_digits_of_a_phone_find_no_client(northside: Org) -> None:
    make_client(org=northside, name="Customer", phone="0412 345 678")

    assert found_names(northside, "78") == []


@pytest.mark.parametrize(
    ("email", "phone"), [(None, None), ("", ""), ("@", "+"), (None, "12"), (None, "ask Bo")]
)
def test_a_client_without_email_or_phone_has_only_terms_of_the_name(
    northside: Org, email: str | None, phone: str | None
) -> None:
    client = make_client(org=northside, name="Ana Ruiz", email=email, phone=phone)

    assert terms(client.pk) - {"@"} == {"ana", "ruiz"}


@pytest.mark.parametrize("name", ["", " ", "-", "'"])
def test_a_name_without_letters_has_no_terms(northside: Org, name: str) -> None:
    assert terms(make_client(org=northside, name=name).pk) == set()


def test_each_term_is_followed_by_the_initials_of_all_words(northside: Org) -> None:
    client = make_client(
        org=northside, name="Zoë O’Brien 3rd", email="Mia@example.com", phone="0412"
    )

    assert {*client.search_terms.values_list("term", flat=True)} == {
        f"{word} bmoz"
        for word in ["zoe", "obrien", "o", "brien", "3rd", "mia", "mia@example.com", "0412", "412"]
    }


def test_a_long_phone_number_has_at_most_100_terms(northside: Org) -> None:
    """Each digit begins a term, so the number of digits that become terms is limited."""
    digits = "".join(str(number) for number in range(1000, 3000))
    client = make_client(org=northside, name="Ana", phone=digits)

    assert client.search_terms.count() <= 100
    assert found_names(northside, digits[90:98]) == ["Ana"]


def test_a_word_of_any_length_can_be_stored(northside: Org) -> None:
    """The word is longer than an index entry may be, even compressed."""
    email = "".join(map(chr, range(0x4E00, 0x4E00 + 5000)))
    make_client(org=northside, name="Customer", email=email, phone="0123456789" * 30)

    assert found_names(northside, email[:100]) == ["Customer"]


def test_a_name_of_any_number_of_words_can_be_stored(northside: Org) -> None:
    """Each word begins with another letter, so the list of initials must be limited."""
    name = " ".join(map(chr, range(0x4E00, 0x4E00 + 3000)))
    make_client(org=northside, name=name)

    assert found_names(northside, chr(0x4E00 + 2999)) == [name]
