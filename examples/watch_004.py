#!/usr/bin/env python3
"""Generates an API test suite, shows its progress and saves the ZIP: a client of document 004, with nothing but Python's standard library.

    examples/watch_004.py openapi.yaml                       # upload a description
    examples/watch_004.py http://api.example/openapi.json    # or name its address
    SERVER=http://studio.example:3000 OUTPUT=suite.zip examples/watch_004.py openapi.yaml

It starts a generation (POST /api/generate), watches it (WS /ws/{task_id}), falls back to GET /api/progress/{task_id} where WebSockets
do not get through, and downloads the result (GET /api/download/{task_id}). Exits with 1 when the generation fails.
"""

import base64
import json
import os
import socket
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

SERVER = os.environ.get("SERVER", "http://127.0.0.1:3000")
COOKIES = CookieJar()  # a guest's account is its cookie
HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(COOKIES))


def start(source):
    """Starts a generation from a file or an address; its task_id."""
    if source.startswith(("http://", "https://")):
        body = {"url": source}
    else:
        with open(source, encoding="utf-8") as file:
            body = {"spec": file.read(), "name": os.path.basename(source)}
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{SERVER}/api/generate", json.dumps(body).encode(), headers)
    with HTTP.open(request) as answer:
        return json.load(answer)["task_id"]


def updates(task_id):
    """Every ProgressUpdate of the task, until the server closes the WebSocket."""
    url = urllib.parse.urlsplit(SERVER)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in COOKIES)
    with socket.create_connection((url.hostname, url.port or 80), timeout=60) as connection:
        connection.sendall(
            f"GET /ws/{task_id} HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nCookie: {cookies}\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n".encode()
        )
        stream = connection.makefile("rb")
        status = stream.readline()
        if b" 101 " not in status:
            raise ConnectionError(f"no WebSocket: {status.decode().strip()}")
        while stream.readline().strip():
            pass  # headers
        while True:
            opcode, payload = read_frame(stream)
            if opcode == 1:
                yield json.loads(payload)
            elif opcode == 8:  # the server closes after the last update
                return
            elif opcode == 9:
                mask = os.urandom(4)
                masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
                connection.sendall(bytes([0x8A, 0x80 | len(payload)]) + mask + masked)


def read_frame(stream):
    """One frame of the WebSocket protocol (RFC 6455); the server does not split or mask them."""
    head = stream.read(2)
    if len(head) < 2:
        raise ConnectionError("the connection broke")
    length = head[1] & 0x7F
    if length == 126:
        length = struct.unpack(">H", stream.read(2))[0]
    elif length == 127:
        length = struct.unpack(">Q", stream.read(8))[0]
    return head[0] & 0x0F, stream.read(length)


def polled(task_id):
    """The same by asking once a second, for networks that let no WebSocket through."""
    while True:
        with HTTP.open(f"{SERVER}/api/progress/{task_id}") as answer:
            update = json.load(answer)
        yield update
        if update["stage"] in ("complete", "failed", "cancelled"):
            return
        time.sleep(1)


def show(update):
    print(f"{update['stage']:>10} {update['progress']:3d}% {update['message']}", flush=True)
    return update["stage"]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        task_id = start(sys.argv[1])
    except urllib.error.HTTPError as refused:
        sys.exit(f"refused: {json.load(refused)['detail']}")
    stage = None
    try:
        for update in updates(task_id):
            stage = show(update)
    except OSError as broken:
        print(f"{broken}; polling instead", file=sys.stderr)
    if stage not in ("complete", "failed", "cancelled"):
        for update in polled(task_id):
            stage = show(update)
    if stage != "complete":
        sys.exit(1)
    output = os.environ.get("OUTPUT", "suite.zip")
    with HTTP.open(f"{SERVER}/api/download/{task_id}") as answer, open(output, "wb") as file:
        file.write(answer.read())
    print(f"saved {output}")


if __name__ == "__main__":
    main()
