"""One request to a platform: connect and read within bounds, follow nothing, and know whether it had left."""

import http.client
import ipaddress
import json
import ssl
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal.lib.platforms.answers import AnswerLost, NotSent

CONNECT_SECONDS = 5
TOTAL_SECONDS = 12
LARGEST_ANSWER = 1_000_000
"""Bytes. The longest honest answer, a page of a hundred posts, is a tenth of it."""


@dataclass(frozen=True)
class Answer:
    """`data` is the JSON object of the body; {} when a refusal had none."""

    status: int
    headers: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)


def call(method, url, *, headers=None, body=None, seconds=TOTAL_SECONDS) -> Answer:
    """NotSent, AnswerLost, or an Answer. An answer of 5xx, a redirect or an unreadable one is a lost one: what the
    platform did before it stumbled is not known. No secret gets into the errors."""
    parts = urlsplit(url)
    line = connection_to(parts, seconds)
    try:
        line.connect()
    except (OSError, http.client.HTTPException) as fault:
        line.close()
        raise NotSent(f"Không kết nối được {parts.hostname}: {type(fault).__name__}") from None
    hang_up = threading.Timer(seconds, cut, [line.sock])
    hang_up.start()
    try:
        line.sock.settimeout(seconds)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        line.request(method, target, body=body, headers={"Accept": "application/json", **(headers or {})})
        return read(line.getresponse(), parts.hostname)
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise AnswerLost(f"Mất kết nối với {parts.hostname} khi chờ trả lời: {type(fault).__name__}") from None
    finally:
        hang_up.cancel()
        line.close()


def connection_to(parts, seconds):
    """TLS always; in the clear only to this machine, for rehearsals."""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=CONNECT_SECONDS, context=context)
    if parts.scheme == "http" and is_this_machine(parts.hostname):
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=min(CONNECT_SECONDS, seconds))
    raise ValueError("the address of a platform must begin with https://")


def is_this_machine(host) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def cut(sock):
    """End a connection that drips: every single read was in time, all of them together are not."""
    try:
        sock.shutdown(2)
    except OSError:
        pass


def read(response, host) -> Answer:
    raw = response.read(LARGEST_ANSWER + 1)
    headers = {name.lower(): value for name, value in response.getheaders()}
    if len(raw) > LARGEST_ANSWER:
        raise AnswerLost(f"{host} trả lời quá dài.")
    if len(raw) < int(headers.get("content-length") or 0):
        raise AnswerLost(f"{host} trả lời dở dang.")
    if response.status >= 500 or 300 <= response.status < 400:
        raise AnswerLost(f"{host} trả lời HTTP {response.status}.")
    try:
        data = json.loads(raw)
    except ValueError:
        data = None
    if isinstance(data, dict):
        return Answer(response.status, headers, data)
    if response.status >= 400:
        return Answer(response.status, headers)
    raise AnswerLost(f"{host} trả lời không đọc được.")
