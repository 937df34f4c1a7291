"""Proxies: what they say of a request's origin is believed only of those that the operator named."""

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
Network = IPv4Network | IPv6Network

FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)


class NamedProxies:
    """Believes one step of forwarding from a named proxy, and takes such headers from everybody else's requests."""

    def __init__(self, app: Wsgi, networks: Iterable[Network]) -> None:
        self.plain = app
        self.fixed = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        self.networks = tuple(networks)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve the request, as the named proxy tells of it or as it came."""
        if self._is_named(environ.get("REMOTE_ADDR", "")):
            return self.fixed(environ, start_response)
        for name in FORWARDED:
            environ.pop(name, None)
        return self.plain(environ, start_response)

    def _is_named(self, address: str) -> bool:
        try:
            caller = ip_address(address)
        except ValueError:  # a socket file, or nothing at all
            return False
        return any(caller in network for network in self.networks)


def networks(named: Iterable[str]) -> tuple[Network, ...]:
    """Addresses or networks as an operator writes them. Raises ValueError for what is neither."""
    return tuple(ip_network(each, strict=False) for each in named)
