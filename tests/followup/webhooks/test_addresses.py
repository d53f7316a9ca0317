"""No trick leads a call into the network that the operators have not allowed."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from followup.webhooks.addresses import (
    BadAddress,
    UnknownHost,
    addresses_of,
    destination,
    may_be_called,
)

INSIDE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",  # shared address space, RFC 6598
    "169.254.169.254",  # where clouds keep the secrets of a machine
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.5",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "::127.0.0.1",
    "64:ff9b::7f00:1",  # 127.0.0.1 by NAT64
    "64:ff9b:1::1",
    "2002:7f00:1::1",  # 127.0.0.1 by 6to4
    "2001:db8::1",
    "2001::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_may_not_be_called(address: str) -> None:
    assert not may_be_called(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadAddress, match="may not be called"):
        destination(f"https://{host}/")


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_may_be_called(address: str) -> None:
    assert may_be_called(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("10.20.3.4", True),
        ("::ffff:10.20.3.4", True),
        ("10.21.0.1", False),
        ("fd00:20::7", True),
        ("fd00:21::7", False),
        ("127.0.0.1", False),
    ],
)
def test_the_operators_allow_networks_one_by_one(
    settings: Any, address: str, is_allowed: bool
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = ["10.20.0.0/16", "fd00:20::/32"]
    assert may_be_called(ipaddress.ip_address(address)) is is_allowed


@pytest.mark.parametrize(
    "url",
    [
        "https://2130706433/",  # 127.0.0.1 in one number
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://0/",
        "https://127.0.0.1.:443/",
        "https://[::1%25lo]/",
        "https://[fe80::1%eth0]/",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org@127.0.0.1/",
        "https://example.org\\@127.0.0.1/",
        "https://example.org/#part",
        "https://example.org/a b",
        "https://example.org/a\r\nHost: b",
        "https://exämple.org/",
        "https://①②⑦.0.0.1/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://-._/..",
        "https:///visits",
        "https://",
        "//example.org/",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "example.org",
        "",
        f"https://{'a' * 254}/",
    ],
)
def test_what_is_no_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        destination(url)


def test_an_address_is_taken_apart() -> None:
    plain = destination("https://Appointments.example.org/visits?a=b")
    assert (plain.host, plain.port, plain.path) == (
        "appointments.example.org",
        443,
        "/visits?a=b",
    )
    assert plain.host_header == "appointments.example.org"
    assert destination("https://example.org").path == "/"
    assert destination("https://example.org:8443/").host_header == "example.org:8443"
    assert destination("https://[2606:4700::1111]/").host_header == "[2606:4700::1111]"


def test_http_is_an_address_where_the_installation_allows_it(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_HTTP = True
    assert destination("http://example.org/").port == 80


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name leads to these addresses."""

    def found(_host: str, port: int, **_: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_name_of_which_one_address_is_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = destination("https://example.org/")
    resolving(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(BadAddress, match="may not be called"):
        addresses_of(where)
    resolving(monkeypatch, "93.184.216.34", "1.1.1.1", "93.184.216.34")
    assert addresses_of(where) == ["93.184.216.34", "1.1.1.1"]


@pytest.mark.parametrize("error", [socket.gaierror(), UnicodeError(), None])
def test_a_name_that_leads_nowhere_is_unknown(
    monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    def fail(*_: Any, **__: Any) -> list[Any]:
        if error is not None:
            raise error
        return []

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(UnknownHost):
        addresses_of(destination("https://example.org/"))


def test_the_name_of_this_machine_is_refused_when_it_is_resolved() -> None:
    with pytest.raises(BadAddress, match="may not be called"):
        addresses_of(destination("https://localhost/"))
