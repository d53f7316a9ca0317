"""A hospital's system of the tests: a real HTTP server that checks signatures by itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def key(self) -> str:
        return self.headers["webhook-id"]

    def is_signed_with(self, secret: str) -> bool:
        """By the words of the Standard Webhooks, without any code of ours."""
        stamp = self.headers["webhook-timestamp"]
        signed = b".".join([self.key.encode(), stamp.encode(), self.body])
        mac = hmac.digest(base64.b64decode(secret.split("_")[1]), signed, hashlib.sha256)
        return self.headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


Reply = int | Callable[[BaseHTTPRequestHandler], object]


@dataclass
class Receiver:
    """What arrived, and what is answered: ``replies`` in their order, then ``reply`` for ever."""

    url: str = ""
    reply: Reply = 204
    replies: list[Reply] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length", "0"))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self.lock:
            self.got.append(Got(handler.path, headers, handler.rfile.read(length)))
            reply = self.replies.pop(0) if self.replies else self.reply
        if isinstance(reply, int):
            handler.send_response(reply)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        else:
            reply(handler)

    @property
    def types(self) -> list[str]:
        return [one.json["type"] for one in self.got]


@contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # the other side has gone: some tests mean that

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/visits?from=registry"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
