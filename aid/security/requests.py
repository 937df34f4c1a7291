"""What every request and every answer goes through: its session, its bounds, its headers."""

from io import BytesIO
from itertools import chain
from typing import IO, Any

from flask import Flask, Request, Response, abort, current_app, request

from aid.security.proxies import NamedProxies, networks
from aid.security.sessions import SignInSessions

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
READER = "js/squares-worker.js"
"""It reads squares off pictures: what it runs is compiled in the browser, and a worker has its own policy."""
READERS_POLICY = CONTENT_SECURITY_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
PERMISSIONS = "camera=(), microphone=(), geolocation=()"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
}


class KomekRequest(Request):
    """A request whose uploads stay in memory: Werkzeug would spool them to disk in the clear."""

    def _get_file_stream(self, *_args: Any, **_kwargs: Any) -> IO[bytes]:
        return BytesIO()


def init_app(app: Flask) -> None:
    """Sessions, uploads in memory, headers on every answer, and a proxy only where the operator named one."""
    app.request_class = KomekRequest
    app.session_interface = SignInSessions()
    app.before_request(_refuse_nul)
    app.after_request(_add_headers)
    app.wsgi_app = NamedProxies(app.wsgi_app, networks(app.config["KOMEK"].proxies))  # type: ignore[method-assign]


def with_camera(page: str) -> Response:
    """A page that may use the camera. No other may."""
    response = current_app.make_response(page)
    response.headers["Permissions-Policy"] = PERMISSIONS.replace("camera=()", "camera=(self)")
    return response


def _refuse_nul() -> None:
    """Nobody types a NUL; PostgreSQL can't look for one, and what was sent with it would break there."""
    sent = chain.from_iterable(chain(request.args.listvalues(), request.form.listvalues()))
    if "\0" in request.path or any("\0" in text for text in sent):
        abort(400)


def _add_headers(response: Response) -> Response:
    own = {name.lower() for name, _value in response.headers}
    if request.endpoint == "static" and (request.view_args or {}).get("filename") == READER:
        response.headers["Content-Security-Policy"] = READERS_POLICY
        own.add("content-security-policy")
    response.headers.extend((name, value) for name, value in HEADERS.items() if name.lower() not in own)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
