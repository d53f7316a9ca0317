"""Which addresses may be called: none inside the network that the operators have not allowed.

A person who enters a webhook must not reach the registry's own network by it. So the address is
read strictly, its name is resolved once, and every address behind it must be allowed; the call then
goes to one of these and to nothing else.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PORTS = {"https": 443, "http": 80}
_LABEL = re.compile(r"[a-z0-9_][a-z0-9_-]*")
_LONGEST_HOST = 253
_PRINTABLE = re.compile(r"[!-~]+")

_NO_HOSTS = (  # reserved for protocols, RFC 6890 and 7526
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


class BadAddress(ValueError):
    """No address that may be called; the message says why."""


class UnknownHost(Exception):
    """The name leads to no address."""


@dataclass(frozen=True)
class Destination:
    """An address taken apart; ``path`` is with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """Host as the receiver knows it: with the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def destination(url: str) -> Destination:
    """The parts of an address; asks no name server.

    Raises:
        BadAddress: it is no HTTPS address (HTTP counts where the installation allows it), holds a
            user, a password or a fragment, or names a number that may not be called.
    """
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise BadAddress(_("Use printable ASCII characters only, and no backslash."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress(_("This is no address.")) from None
    schemes = ("https", "http") if settings.WEBHOOK_ALLOW_HTTP else ("https",)
    if parts.scheme not in schemes:
        raise BadAddress(_("The address starts with https://."))
    if "@" in parts.netloc:
        raise BadAddress(_("No user name and no password in the address."))
    if parts.fragment or "#" in url:
        raise BadAddress(_("No # in the address."))
    host = (parts.hostname or "").lower()
    _check_host(host)
    port = PORTS[parts.scheme] if port is None else port
    if port == 0:
        raise BadAddress(_("Port 0 is no port."))
    path = parts.path or "/"
    return Destination(parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path)


def addresses_of(where: Destination) -> list[str]:
    """The addresses behind the host, resolved now, in the order to try; each of them is allowed.

    Raises:
        BadAddress: one of them may not be called.
        UnknownHost: there is none.
    """
    try:
        found = socket.getaddrinfo(
            where.host, where.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError) as error:
        raise UnknownHost from error
    addresses = list(dict.fromkeys(str(address[0]) for *_rest, address in found))
    for text in addresses:
        if not may_be_called(ipaddress.ip_address(text)):
            raise BadAddress(_not_allowed())
    if not addresses:
        raise UnknownHost
    return addresses


def may_be_called(address: Address) -> bool:
    """True for a public address, and for one in a network of WEBHOOK_ALLOWED_NETWORKS."""
    meant = _meant(address)
    allowed = _networks(tuple(settings.WEBHOOK_ALLOWED_NETWORKS))
    if any(meant in network for network in allowed if network.version == meant.version):
        return True
    if isinstance(meant, ipaddress.IPv6Address):
        # 6to4 is a detour by somebody else's relay, behind which any address may lie.
        is_host = meant in _GLOBAL_UNICAST and meant.sixtofour is None
    else:
        is_host = not any(meant in network for network in _NO_HOSTS)
    return is_host and meant.is_global and not (meant.is_multicast or meant.is_reserved)


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, otherwise the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@lru_cache(maxsize=4)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


def _check_host(host: str) -> None:
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        name = host.removesuffix(".")
        is_name = len(name) <= _LONGEST_HOST and all(map(_LABEL.fullmatch, name.split(".")))
        if _is_oddly_written_number(name) or not is_name:
            raise BadAddress(_("This is no host name and no address in its usual form.")) from None
        return
    if "%" in host or not may_be_called(number):
        raise BadAddress(_not_allowed())


def _is_oddly_written_number(host: str) -> bool:
    """True for what the system reads as an IPv4 address though it does not look like one."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def _not_allowed() -> str:
    return _(
        "This address is inside a network that may not be called. The operators may allow it "
        "(WEBHOOK_ALLOWED_NETWORKS)."
    )
