"""A server of this machine that answers as the Hub's API does, for one dataset of a script.

Its branch "main" holds a script alone; "refs/convert/parquet" holds what the Hub made of it, in
folders of configurations and splits. Paths, headers and JSON are those that `huggingface_hub` asks
for and reads.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from generate.recipe import digest_bytes

REVISIONS = {"main": "a" * 40, "refs/convert/parquet": "b" * 40}


@contextmanager
def stand_in(
    name: str, branches: Mapping[str, Mapping[str, bytes]]
) -> Iterator[tuple[str, list[str]]]:
    """The address of a server with the files of each branch of the dataset ``name``, and what it
    was asked."""
    asked: list[str] = []
    held = {REVISIONS[branch]: dict(files) for branch, files in branches.items()}

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def do_POST(self) -> None:
            said = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self.answer(body=True, said=said)

        def answer(self, body: bool, said: str = "") -> None:
            path = unquote(urlsplit(self.path).path)
            asked.append(f"{self.command} {path}")
            for branch, sha in REVISIONS.items():
                path = path.replace(f"/{branch}/", f"/{sha}/").removesuffix(f"/{branch}") + (
                    f"/{sha}" if path.endswith(f"/{branch}") else ""
                )
            for sha, files in held.items():
                api, file = f"/api/datasets/{name}", f"/datasets/{name}/resolve/{sha}/"
                if path == f"{api}/revision/{sha}" or (path == api and sha == REVISIONS["main"]):
                    siblings = [{"rfilename": file} for file in files]
                    return self.send(body, {"id": name, "sha": sha, "siblings": siblings})
                if path.startswith(f"{api}/tree/{sha}"):
                    under = path.removeprefix(f"{api}/tree/{sha}").strip("/")
                    return self.send(body, [*list_tree(files, under)])
                if path == f"{api}/paths-info/{sha}":
                    wanted = json.loads(said)["paths"] if said[:1] == "{" else read_form(said)
                    rows = [row for row in list_tree(files, "") if row["path"] in wanted]
                    return self.send(body, rows)
                if path.startswith(file):
                    told = path.removeprefix(file)
                    if told in files:
                        return self.send_file(body, files[told], sha)
            self.send(body, {"error": "Entry not found"}, 404)

        def send(self, body: bool, value: object, status: int = 200) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            if status == 404:
                self.send_header("X-Error-Code", "EntryNotFound")
                self.send_header("X-Error-Message", "Entry not found")
                self.send_header("X-Repo-Commit", REVISIONS["main"])
            self.end_headers()
            if body:
                self.wfile.write(data)

        def send_file(self, body: bool, data: bytes, sha: str) -> None:
            part, whole = data, len(data)
            asked_range = self.headers.get("Range")
            if asked_range:
                first, last = asked_range.removeprefix("bytes=").split("-")
                end = min(int(last) if last else whole - 1, whole - 1)
                part = data[int(first) : end + 1]
            self.send_response(206 if asked_range else 200)
            if asked_range:
                self.send_header("Content-Range", f"bytes {int(first)}-{end}/{whole}")
            self.send_header("Content-Length", str(len(part)))
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("ETag", f'"{digest_bytes(data)[:40]}"')
            self.send_header("X-Repo-Commit", sha)
            self.end_headers()
            if body:
                self.wfile.write(part)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()


def list_tree(files: Mapping[str, bytes], under: str) -> Iterator[dict[str, object]]:
    """Folders and files as the Hub lists them."""
    start = f"{under}/" if under else ""
    folders = {"/".join(f.split("/")[:n]) for f in files for n in range(1, f.count("/") + 1)}
    for folder in sorted(folders):
        if folder.startswith(start):
            yield {"type": "directory", "oid": "0" * 40, "size": 0, "path": folder}
    for file, data in files.items():
        if file.startswith(start):
            oid = digest_bytes(data)[:40]
            yield {"type": "file", "oid": oid, "size": len(data), "path": file}


def read_form(said: str) -> list[str]:
    """The paths of a form: "paths=a&paths=b"."""
    pairs = [pair.partition("=") for pair in said.split("&")]
    return [unquote(value) for key, _, value in pairs if key == "paths"]
