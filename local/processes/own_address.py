"""Lets nobody in but programs that call the service by its own address: no page of a browser, no other name.

A browser tells where a request comes from (Origin, Sec-Fetch-Site); a page that has its own host's name lead to the
loopback address shows as another Host. Answers allow no page anything either (CORS).
"""

import json


def refusal(headers, port):
    """Why the request isn't answered; None for one that is. headers: (lower-case name, value) pairs of bytes."""
    own = b"127.0.0.1:%d" % port
    hosts = [value for name, value in headers if name == b"host"]
    if hosts != [own]:
        given = ", ".join(host.decode("latin-1") for host in hosts) or "none"
        return f"Host is {given}: only {own.decode()} is answered"
    for name, value in headers:
        if name == b"origin" or (name == b"sec-fetch-site" and value != b"none"):
            return f"{name.decode()} is {value.decode('latin-1')}: pages of browsers aren't answered"
    return None


def only_own_address(app, port):
    """The ASGI application behind that rule."""

    async def guarded(scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await app(scope, receive, send)
        why = refusal(scope["headers"], port)
        if why is None:
            return await app(scope, receive, without_cors(send))
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1008})
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({"error": why}).encode()})

    def without_cors(send):
        async def sent(message):
            if message["type"] == "http.response.start":
                kept = [each for each in message.get("headers", []) if not each[0].lower().startswith(b"access-control-")]
                message = {**message, "headers": kept}
            await send(message)

        return sent

    return guarded
