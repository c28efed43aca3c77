"""A small internet of the tests' own: a name server, and a web server that speaks TLS."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingUDPServer
from typing import Any

import dns.asyncresolver
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import httpcore

from portal.net.safe_http import SafeClient
from tests.certificates import make_certificate

# An address of the public internet under which the tests' server seems to live.
PUBLIC = "93.184.215.14"


@dataclass
class Outside:
    """What names say, what pages answer, and which addresses were dialled."""

    names: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    dialled: list[tuple[str, int]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    certificate: Path | None = None
    name_port: int = 0
    web_port: int = 0

    def client(self) -> SafeClient:
        """A client of this internet; it checks addresses as it does in the real one."""
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.name_port
        trust = ssl.create_default_context(cafile=self.certificate)
        return SafeClient(resolver=resolver, dialer=_Dialer(self), trust=trust)

    def says(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        """A page that answers always the same."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            request.send_header("content-length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)

        self.pages[path] = answer


class _Dialer(httpcore.AsyncNetworkBackend):
    """Writes down who was called, and connects to the tests' server whoever it was."""

    def __init__(self, outside: Outside) -> None:
        self._outside, self._real = outside, httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *_rest: Any, **_options: Any) -> Any:
        self._outside.dialled.append((host, port))
        return await self._real.connect_tcp("127.0.0.1", self._outside.web_port)


@contextmanager
def internet(folder: Path, *hosts: str) -> Iterator[Outside]:
    """Serves for as long as the block lasts; `hosts` are in the server's certificate."""
    outside = Outside(certificate=folder / "certificate.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*make_certificate(folder, *hosts))
    names = ThreadingUDPServer(("127.0.0.1", 0), _name_server(outside))
    web = ThreadingHTTPServer(("127.0.0.1", 0), _web_server(outside))
    web.daemon_threads = names.daemon_threads = True
    web.block_on_close = False
    web.socket = context.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
    outside.name_port, outside.web_port = names.server_address[1], web.server_address[1]
    threads = [threading.Thread(target=s.serve_forever, args=(0.05,)) for s in (names, web)]
    for thread in threads:
        thread.start()
    try:
        yield outside
    finally:
        for server, thread in zip((names, web), threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


def _name_server(outside: Outside) -> type[BaseRequestHandler]:
    class NameServer(BaseRequestHandler):
        def handle(self) -> None:
            wire, socket = self.request
            query = dns.message.from_wire(wire)
            (question,) = query.question
            name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
            outside.asked.append(f"{kind} {name}")
            answer = dns.message.make_response(query)
            if found := outside.names.get((name.rstrip("."), kind)):
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
            elif not any(known == name.rstrip(".") for known, _kind in outside.names):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            socket.sendto(answer.to_wire(), self.client_address)

    return NameServer


def _web_server(outside: Outside) -> type[BaseHTTPRequestHandler]:
    class WebServer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            outside.asked.append(f"GET {self.path} {self.headers['accept-encoding']}")
            page = outside.pages.get(self.path)
            if page is None:
                self.send_error(404)
            else:
                page(self)

        def log_message(self, *_args: object) -> None:
            """The tests read `asked` instead."""

    return WebServer
