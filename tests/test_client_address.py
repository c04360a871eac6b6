"""The address of the browser, behind as many proxies as the setting says."""

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings

from studio.accounts.client_address import client_address
from studio.accounts.origin import origin_of

PROXY = "10.0.0.1"


def address(proxies: int, forwarded: str | None = None, connected: str = PROXY) -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=connected)
    with override_settings(TRUSTED_PROXIES=proxies):
        return client_address(request)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, PROXY),
        (0, "192.0.2.9", PROXY),
        (1, "192.0.2.9", "192.0.2.9"),
        (1, "203.0.113.66, 192.0.2.9", "192.0.2.9"),
        (2, "203.0.113.66, 192.0.2.9, 10.0.0.2", "192.0.2.9"),
        # The request passed fewer proxies than it should have.
        (1, None, PROXY),
        (1, "", PROXY),
        (2, "192.0.2.9", PROXY),
        (1, "192.0.2.9, unknown", PROXY),
        (1, "192.0.2.9:4071", "192.0.2.9"),
        (1, "[2001:db8::9]:4071", "2001:db8::9"),
        (1, "2001:DB8::9", "2001:db8::9"),
        (1, "::ffff:192.0.2.9", "192.0.2.9"),
        (1, "fe80::9%any <text>", "fe80::9"),
    ],
)
def test_only_as_many_entries_from_the_right_are_trusted(
    proxies: int, forwarded: str | None, expected: str
) -> None:
    assert address(proxies, forwarded) == expected


def test_connection_without_an_address_has_an_empty_one() -> None:
    assert address(0, connected="") == ""


def test_no_proxy_is_trusted_by_default() -> None:
    assert settings.TRUSTED_PROXIES == 0


def test_addresses_of_one_ipv6_network_count_together() -> None:
    origins = {
        origin_of(RequestFactory().get("/", REMOTE_ADDR=connected)).network
        for connected in ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1")
    }
    assert origins == {"2001:db8::/64", "2001:db8:0:1::/64"}
