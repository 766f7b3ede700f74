"""A stand-in for the Hugging Face hub on the loopback, with one data set in it: `me/set`."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_API, _FILES = "/api/datasets/me/set", "/datasets/me/set/resolve/"


class _Handler(BaseHTTPRequestHandler):
    files: Mapping[str, bytes]
    asked: list[str]

    def log_message(self, *arguments: Any) -> None:
        self.asked.append(self.path)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        if path.startswith(f"{_API}/tree/"):
            folder = path.partition("/tree/")[2].partition("/")[2]
            self._answer(_listed(self.files, folder))
        elif path.startswith(_API):
            self._answer({"id": "me/set", "sha": COMMIT, "private": False, "tags": []})
        elif path.startswith(_FILES):
            self._file(path.removeprefix(_FILES).partition("/")[2])
        else:
            self._answer({}, 404, {"X-Error-Code": "RepoNotFound"})

    def _file(self, name: str) -> None:
        if name not in self.files:
            self._answer({}, 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        tag = hashlib.sha1(self.files[name]).hexdigest()
        self._answer(self.files[name], 200, {"X-Repo-Commit": COMMIT, "ETag": f'"{tag}"'})

    def _answer(
        self, content: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def served(files: Mapping[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """The address of a hub that holds these files, and the paths it is asked for."""
    asked: list[str] = []
    handler = type("Handler", (_Handler,), {"files": files, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def _listed(files: Mapping[str, bytes], folder: str) -> list[dict[str, Any]]:
    return [
        {"type": "file", "oid": hashlib.sha1(c).hexdigest(), "size": len(c), "path": name}
        for name, c in files.items()
        if name.startswith(folder)
    ]
