"""What a dataset folder says of itself: how it was made, and what has to be in it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from luthier.core.errors import UserError
from luthier.core.files import read_json, write_json
from luthier.data.storage.columns import Kind

NAME = "manifest.json"
DROPPED = "dropped.parquet"
FORMAT = 1

SplitName = Annotated[str, Field(pattern=r"^[a-z]+$")]


class Strict(BaseModel):
    """A part of the manifest; a key that is not known means it was edited."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class File(Strict):
    """One Parquet file, by its content."""

    rows: int = Field(ge=0)
    bytes: int = Field(ge=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @classmethod
    def of(cls, path: Path, rows: int) -> Self:
        """Describe a file that was just written; its name is kept where the class has one."""
        facts = {"name": path.name} if "name" in cls.model_fields else {}
        size = path.stat().st_size
        return cls.model_validate({**facts, "rows": rows, "bytes": size, "sha256": sha256(path)})


class Part(File):
    """One file of a split."""

    name: str = Field(pattern=r"^part-\d{5}\.parquet$")


class Split(Strict):
    """The rows of one split.

    Attributes:
        hash: SHA-256 of the row ids in their order, 16 bytes each: equal content, equal hash.
        ids: the row ids in their order, end to end, 32 hex digits each. Only the manifest of a
            run holds them, so that it can be read without the Parquet files.
    """

    rows: int = Field(ge=0)
    hash: str
    parts: list[Part]
    ids: str | None = None

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        if (
            self.ids is not None
            and hashlib.sha256(bytes.fromhex(self.ids)).hexdigest() != self.hash
        ):
            raise ValueError("the ids do not fit their hash")
        return self


class Made(Strict):
    """How the dataset came to be.

    Attributes:
        sources: as they were written.
        recognised: the sentence that says what shape the rows were found in.
        data: the recipe's data section with every default, options of cleaners included.
        rows: how many were collected.
        steps: what each cleaner and the split did, as report.json tells it.
        augment: what each augmenter did, likewise. The rows that they made are the last of train.
    """

    sources: list[str]
    recognised: str
    data: dict[str, Any]
    seed: int
    rows: int
    steps: list[dict[str, Any]]
    augment: list[dict[str, Any]] = []


class Manifest(Strict):
    """The whole of manifest.json.

    Attributes:
        fields: the rows' fields and the kind of column that holds each.
        dropped: dropped.parquet, which accounts for every row that was left out.
        duplicates: rows that repeat others within a split and across splits.
        refused: the faults for which the data may not be trained on; else empty.
    """

    format: Literal[1] = 1
    made: Made
    fields: dict[str, Kind]
    splits: dict[SplitName, Split]
    dropped: File
    duplicates: dict[str, Any]
    refused: list[str] = []

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        tree = self.model_dump(mode="json")
        for split in tree["splits"].values():
            if split["ids"] is None:
                del split["ids"]
        write_json(path, tree)

    def files(self) -> Iterator[tuple[str, File]]:
        """Every file the folder has to hold, by its path in it."""
        yield DROPPED, self.dropped
        for name, split in self.splits.items():
            yield from ((f"{name}/{part.name}", part) for part in split.parts)


def read_manifest(folder: Path) -> Manifest:
    """Read and check manifest.json.

    Raises:
        UserError: it is missing, damaged, or of another version of the format.
    """
    path = folder / NAME
    if not path.exists():
        raise UserError(f"{folder}: no {NAME} in it, so not a dataset. Make one: luthier prepare.")
    tree = read_json(path)
    if isinstance(tree, dict) and tree.get("format") not in (None, FORMAT):
        raise UserError(
            f"{path}: format {tree['format']}, and this version of luthier reads {FORMAT}. "
            "Prepare the data again."
        )
    try:
        return Manifest.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: damaged at `{place}`. Prepare the data again.") from None


def check_files(folder: Path, manifest: Manifest) -> None:
    """Hold every file against the manifest.

    Raises:
        UserError: one is missing, cut, changed, or not known to the manifest.
    """
    known = dict(manifest.files())
    for name, part in known.items():
        path = folder / name
        if not path.is_file():
            raise UserError(f"{path}: missing from the dataset. Prepare the data again.")
        if path.stat().st_size != part.bytes or sha256(path) != part.sha256:
            raise UserError(f"{path}: cut or changed since it was made. Prepare the data again.")
    for split in manifest.splits:
        for path in sorted((folder / split).glob("*")):
            if f"{split}/{path.name}" not in known:
                raise UserError(f"{path}: not one of the dataset's own files. Take it out.")


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
