"""What browsers may do with an answer: load nothing from elsewhere, show it in no frame."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",  # blob: a photo that the user chose, before it is sent
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",  # for browsers that do not read frame-ancestors
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # pages show photos and names: no cache of a browser or proxy keeps them
    "cache-control": "no-store",
}
"""Where an answer does not set them itself."""
HSTS = "max-age=31536000"
"""A year. Without subdomains: other machines of the plant may not have HTTPS."""

# bytes once, since every answer has them
_PLAIN = [(name.encode(), value.encode()) for name, value in ALWAYS.items()]
_SECURE = [*_PLAIN, (b"strict-transport-security", HSTS.encode())]


class SecurityHeaders:
    """Middleware: sets the headers of `ALWAYS`, and HSTS over HTTPS.

    Args:
        app: that answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        always = _SECURE if scope["scheme"] == "https" else _PLAIN

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message["headers"])
                names = {name.lower() for name, _ in given}
                message["headers"] = given + [pair for pair in always if pair[0] not in names]
            await send(message)

        await self._app(scope, receive, with_headers)
