"""pip, to fetch one pinned archive from PyPI or its mirror, and never to install or build it."""

import os
import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from luthier.core.archives import wrong_hash
from luthier.core.clients import ClientError, last_line, only_file, run_client

# pip asks a source archive for its name and version by running its set-up. This answers instead:
# it stands in for setuptools, which pip, told not to isolate the build, takes from PYTHONPATH.
_STAND_IN = """\
from pathlib import Path


class _Answer:
    def get_requires_for_build_wheel(self, config_settings=None):
        return []

    def prepare_metadata_for_build_wheel(self, metadata_directory, config_settings=None):
        folder = Path(metadata_directory, "{name}-{version}.dist-info")
        folder.mkdir()
        text = "Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n"
        (folder / "METADATA").write_text(text)
        return folder.name


__legacy__ = _Answer()
"""


def download(
    name: str,
    version: str,
    hashes: Sequence[str],
    scratch: Path,
    *,
    sdist: bool = False,
    platform: str | None = None,
) -> Path:
    """Fetch one file without its dependencies, and without running any code of the package.

    Args:
        name: the distribution's name.
        version: its version.
        hashes: SHA-256, in hex, of the files that would be right (one per platform).
        scratch: an empty folder; the file is put below it.
        sdist: fetch the source archive (of the old kind, without pyproject.toml) instead of the
            wheel.
        platform: fetch the wheel for this platform tag, instead of this machine's.

    Raises:
        ClientError: pip is missing, finds no such file, or is interrupted.
        UserError: what pip finds has another hash.
    """
    if find_spec("pip") is None:
        raise ClientError("pip is not installed (`python -m ensurepip` does it)")
    requirement, output = scratch / "requirement.txt", scratch / "output"
    output.mkdir()
    pins = " ".join(f"--hash=sha256:{digest}" for digest in hashes)
    requirement.write_text(f"{name}=={version} {pins}\n", "utf-8")
    # -P: a pip.py in the current folder is not the one that is meant.
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--no-deps", "--require-hashes"]
    command += ["--requirement", str(requirement), "--dest", str(output)]
    if sdist:
        command += ["--no-binary=:all:", "--no-build-isolation", "--use-pep517"]
        done = run_client(command, scratch, _without_build(name, version, scratch))
    else:
        command += ["--only-binary=:all:", *(["--platform", platform] if platform else [])]
        done = run_client(command, scratch)
    if done.returncode:
        if found := re.search(r"\bGot\s+([0-9a-f]{64})\b", done.stderr):
            raise wrong_hash(f"{name} {version}", hashes, found[1])
        raise ClientError(f"pip says: {last_line(done.stderr)}")
    return only_file(output)


def _without_build(name: str, version: str, scratch: Path) -> dict[str, str]:
    package = scratch / "stand-in" / "setuptools"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    source = _STAND_IN.format(name=name.replace("-", "_"), version=version)
    (package / "build_meta.py").write_text(source, "utf-8")
    paths = [str(package.parent), os.environ.get("PYTHONPATH")]
    return {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
