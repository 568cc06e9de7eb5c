"""Who may ask: the token, the host's name, and the headers that keep a page from speaking to anyone else."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

COOKIE = "smelt_session"
REFUSED = "401: this server asks for a token. Open the address that 'smelt serve' printed, or send it as a bearer."
MISDIRECTED = "421: without a token only this computer's own names are answered. Start 'smelt serve' with a token."
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
Next = Callable[[Request], Awaitable[Response]]


def is_own_name(host: str) -> bool:
    """Say whether a Host header can only be this computer: an address, or a name without a dot.

    A page elsewhere that points its own name at 127.0.0.1 (DNS rebinding) always has a dot in it.

    Examples
    --------
    >>> is_own_name("127.0.0.1:8000"), is_own_name("[::1]:80"), is_own_name("evil.example:8000")
    (True, True, False)
    """
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return "." not in name
    return True


@dataclass(frozen=True)
class Guard:
    """Middleware: with a token every request must carry it, without one only the computer itself is answered."""

    token: str | None

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """Answer the request, or refuse it."""
        response = self._refusal(request) or await call_next(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.url.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _refusal(self, request: Request) -> Response | None:
        if self.token is None:
            own = is_own_name(request.headers.get("host", ""))
            return None if own else PlainTextResponse(MISDIRECTED, 421)
        if "token" in request.query_params and self._is_token(request.query_params["token"]):
            return self._welcome(request)
        bearer = request.headers.get("authorization", "")
        if bearer.startswith("Bearer ") and self._is_token(bearer.removeprefix("Bearer ")):
            return None
        if hmac.compare_digest(request.cookies.get(COOKIE, "").encode(), self._cookie().encode()):
            return None
        return PlainTextResponse(REFUSED, 401, {"WWW-Authenticate": "Bearer"})

    def _welcome(self, request: Request) -> Response:
        """Put the token into a cookie and take it out of the address."""
        address = request.url.remove_query_params("token")
        target = address.path + (f"?{address.query}" if address.query else "")
        response = RedirectResponse("/" + target.lstrip("/"), 303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, self._cookie(), httponly=True, samesite="strict", secure=secure)
        return response

    def _is_token(self, given: str) -> bool:
        return self.token is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def _cookie(self) -> str:
        return hashlib.sha256(f"smelt cookie {self.token}".encode()).hexdigest()
