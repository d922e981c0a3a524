"""Who may ask the explorer's server: the browser that opened the printed address, and no page of
another site.

The address holds a token that is good for one visit, which is given a cookie for it. What another
site's page, or another name for this machine, sends is refused whatever it brings.
"""

from collections.abc import Mapping
from email.message import Message
from http.cookies import CookieError, SimpleCookie
from secrets import compare_digest, token_urlsafe

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer says."""


Headers = Mapping[str, str] | Message
"""The headers of a request."""


class Guard:
    """Decides on requests to one port of this machine."""

    def __init__(self, port: int) -> None:
        self.token = token_urlsafe(32)
        """Good for one visit."""
        self._session = token_urlsafe(32)
        self._cookie = f"clew-{port}"
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._is_used = False

    def refusal(self, headers: Headers) -> str:
        """Why a request is refused, no matter who makes it; empty if it is not."""
        host = headers.get("Host", "")
        if host not in self._hosts:
            return "This server answers to its own address on this machine only."
        origin = headers.get("Origin")
        if origin is not None and origin != f"http://{host}":
            return "Requests from other sites are refused."
        if headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            return "Requests from other sites are refused."
        return ""

    def admits(self, headers: Headers) -> bool:
        """Whether a request brings the cookie."""
        try:
            cookie = SimpleCookie(headers.get("Cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return cookie is not None and _is_same(cookie.value, self._session)

    def exchange(self, token: str) -> str | None:
        """The cookie to set for a token; None if it is wrong, or was used."""
        if self._is_used or not _is_same(token, self.token):
            return None
        self._is_used = True
        return f"{self._cookie}={self._session}; Path=/; HttpOnly; SameSite=Strict"


def _is_same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
