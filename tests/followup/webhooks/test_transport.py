"""A call goes to the address that was checked, within its time, and follows nobody elsewhere."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from followup.models import CallError
from followup.webhooks.transport import NotAnswered, post
from tests.followup.webhooks.receiver import Receiver


def sent(url: str) -> int:
    return post(url, body=b"{}", headers={"Content-Type": "application/json"})


def failed(url: str) -> CallError:
    with pytest.raises(NotAnswered) as failure:
        sent(url)
    return failure.value.error


def test_body_path_and_headers_arrive(receiver: Receiver) -> None:
    assert sent(receiver.url) == 204

    (got,) = receiver.got
    assert got.path == "/visits?from=registry"
    assert got.body == b"{}"
    assert got.headers["host"] == receiver.url.removeprefix("http://").split("/")[0]
    assert got.headers["content-type"] == "application/json"


def test_without_leave_the_own_machine_is_not_called(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    port = receiver.url.split(":")[2].split("/")[0]

    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"):
        assert failed(f"http://{host}:{port}/") == CallError.ADDRESS
    assert receiver.got == []


def test_a_name_that_leads_elsewhere_a_moment_later_changes_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the name is asked for once, and the call goes where that answer led."""
    asked: list[str] = []
    resolve = socket.getaddrinfo

    def rebinding(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        if host != "appointments.example.org":
            return resolve(host, *args, **kwargs)  # numbers
        asked.append(host)
        return resolve("127.0.0.1" if len(asked) == 1 else "127.0.0.99", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = receiver.url.replace("127.0.0.1", "appointments.example.org")

    assert sent(url) == 204
    assert asked == ["appointments.example.org"]
    assert receiver.got[0].headers["host"].startswith("appointments.example.org:")


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", receiver.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.reply = redirect

    assert sent(receiver.url) == 307
    assert len(receiver.got) == 1


def test_a_proxy_of_the_environment_is_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")

    assert sent(receiver.url) == 204


def test_who_never_answers_is_left_when_the_time_is_over(receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_TOTAL_SECONDS = 0.2
    over = threading.Event()
    receiver.reply = lambda _handler: over.wait(10)

    assert failed(receiver.url) == CallError.TOO_SLOW
    over.set()


def test_who_answers_byte_by_byte_is_left_when_the_time_is_over(
    receiver: Receiver, settings: Any
) -> None:
    """Each byte comes well within the timeout of the socket."""
    settings.WEBHOOK_TOTAL_SECONDS = 0.4
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not over.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    receiver.reply = drip

    assert failed(receiver.url) == CallError.TOO_SLOW
    over.set()


def test_an_endless_body_is_not_read_to_its_end(receiver: Receiver) -> None:
    written: list[int] = []

    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            written.append(handler.wfile.write(b"x" * 65536))

    receiver.reply = pour

    assert sent(receiver.url) == 200


def test_what_is_no_http_is_no_answer(receiver: Receiver) -> None:
    receiver.reply = lambda handler: handler.wfile.write(b"220 mail ready\r\n")

    assert failed(receiver.url) == CallError.BROKEN


def test_where_nobody_listens_nobody_is_reached(receiver: Receiver) -> None:
    assert failed("http://127.0.0.1:9/") == CallError.NOT_REACHED


def test_an_unknown_name_is_said_to_be_one(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert failed("http://appointments.example.org/") == CallError.NO_HOST


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server whose certificate names appointments.example.org; its port and certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "appointments.example.org")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("appointments.example.org")]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    public, private = tmp_path / "certificate.pem", tmp_path / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _address = server.accept()
            except OSError:
                return  # closed
            try:
                with context.wrap_socket(plain, server_side=True) as secured:
                    read = b""
                    while not read.endswith(b"{}"):  # the body comes after the headers
                        read += secured.recv(65536)
                    secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except OSError:
                plain.close()  # the other side does not trust this one

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], public
    server.shutdown(socket.SHUT_RDWR)
    thread.join()
    server.close()


def test_the_certificate_must_be_that_of_the_name(
    receiver: Receiver,
    tls: tuple[int, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port, certificate = tls
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *args, **more: resolve("127.0.0.1", *args, **more)
    )
    # Of no authority that the system knows.
    assert failed(f"https://appointments.example.org:{port}/") == CallError.NOT_TRUSTED

    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert sent(f"https://appointments.example.org:{port}/") == 204
    assert failed(f"https://another.example.org:{port}/") == CallError.NOT_TRUSTED
