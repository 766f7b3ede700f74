"""A data set of the Hugging Face hub, or of another hub that speaks like it: `hub:owner/name`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, final

import pyarrow as pa
from pydantic import Field

from luthier.core.errors import UserError, did_you_mean
from luthier.core.extras import extra
from luthier.core.yaml import load_yaml
from luthier.data.parsing.arrow_rows import objects
from luthier.data.parsing.class_names import named
from luthier.data.source import Found, Source

_BATCH_ROWS = 1000
_ENDINGS = (".parquet", ".jsonl", ".ndjson", ".json", ".csv", ".tsv")


@final
class Hub(Source):
    """The rows of one split, streamed; only Parquet, JSON and CSV files of the data set itself.

    No code of the data set is run. The commit that is read is settled first and told, so that the
    manifest of what is made of it names it. The hub's own environment variables hold: HF_ENDPOINT,
    HF_TOKEN, HF_HUB_OFFLINE.

    Args:
        name: owner and name, as the hub has them.
        config: of several subsets, the one that is meant.
        split: as the hub names it; `train` if there is one, else the only one.
        revision: a commit, branch or tag; else the newest.
    """

    def __init__(
        self,
        *,
        name: Annotated[str, Field(pattern=r"^\w[\w.-]*(/\w[\w.-]*)?$", description="owner/name")],
        config: Annotated[str | None, Field(description="of several subsets")] = None,
        split: Annotated[str | None, Field(description="else train, or the only one")] = None,
        revision: Annotated[str | None, Field(description="else the newest")] = None,
    ):
        self.name = name
        self.config = config
        self.split = split
        self.revision = revision

    def rows(self) -> Iterator[Found]:
        """Read all rows, as a stream; the 17th has the place `owner/name train row 17`.

        Raises:
            UserError: the hub cannot be reached, there is no such data set, subset, split or
                revision, or its files are none that are read.
        """
        split = self._split
        with _failures_told(self.name):
            stream = self._builder.as_streaming_dataset(split=split)
            classes = _class_names(stream.features)
            batches = iter(stream.with_format("arrow").iter(_BATCH_ROWS))
        number = 0
        while True:
            with _failures_told(self.name):
                table: pa.Table | None = next(batches, None)
            if table is None:
                break
            for fields in (row for batch in table.to_batches() for row in objects(batch)):
                number += 1
                for column in classes:
                    fields[column] = named(fields[column], classes[column])
                yield Found(fields, f"{self.name} {split} row {number}")
        if not number:
            raise UserError(f"{self.name}: the split `{split}` holds no rows.")

    def remarks(self) -> list[str]:
        """The commit that is read; `revision` with it reads the same again."""
        config = self._builder.config.name
        return [f"Read {self.name} ({config}, {self._split}) at commit {self._commit}."]

    @cached_property
    def _commit(self) -> str:
        with extra("collect", "Reading from a hub"):
            import huggingface_hub
        huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY = True
        with _failures_told(self.name):
            api = huggingface_hub.HfApi()
            return str(api.dataset_info(self.name, revision=self.revision, timeout=60).sha)

    @cached_property
    def _builder(self) -> Any:
        with extra("collect", "Reading from a hub"):
            import datasets
            from datasets.packaged_modules.csv.csv import Csv
            from datasets.packaged_modules.json.json import Json
            from datasets.packaged_modules.parquet.parquet import Parquet
        datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False  # nobody is told who reads what
        datasets.disable_progress_bars()
        _refuse_foreign_files(self.name, self._commit)
        # With this prefix no folder of that name on this machine is taken for it.
        path = f"hf://datasets/{self.name}"
        with _failures_told(self.name):
            builder = datasets.load_dataset_builder(path, self.config, revision=self._commit)
        files = [file for some in (builder.config.data_files or {}).values() for file in some]
        odd = [file for file in files if not file.lower().removesuffix(".gz").endswith(_ENDINGS)]
        if odd or not files or not isinstance(builder, Parquet | Json | Csv):
            which = odd[0].removeprefix(f"{path}@{self._commit}/") if odd else "no files of rows"
            raise UserError(
                f"{self.name}: holds {which}; only {', '.join(_ENDINGS)} files are read. "
                "Choose a data set in one of these."
            )
        return builder

    @cached_property
    def _split(self) -> str:
        there = [str(name) for name in self._builder.config.data_files]
        if self.split in there:
            return self.split
        if self.split is not None:
            hint = did_you_mean(self.split, there)
            raise UserError(f"{self.name}: no split `{self.split}`. {hint}")
        if "train" in there or len(there) == 1:
            return "train" if "train" in there else there[0]
        raise UserError(f"{self.name}: name a `split`; there is: {', '.join(there)}.")


def _refuse_foreign_files(name: str, commit: str) -> None:
    """Look at what a data set says of its files, before a library goes where it points.

    Raises:
        UserError: it names files that are not its own: of the web, or of this machine.
    """
    from huggingface_hub import DatasetCard, HfApi
    from huggingface_hub.errors import EntryNotFoundError

    for told in ("README.md", ".huggingface.yaml"):
        with _failures_told(name):
            try:
                path = HfApi().hf_hub_download(name, told, repo_type="dataset", revision=commit)
            except EntryNotFoundError:
                continue
            is_card = told == "README.md"
            tree = DatasetCard.load(path).data.to_dict() if is_card else load_yaml(Path(path))
        foreign = [text for text in _texts(tree.get("configs")) if _is_foreign(text)]
        if foreign:
            raise UserError(f"{name}: names {foreign[0]!r} as its own, which it is not. Leave it.")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _is_foreign(pattern: str) -> bool:
    return (
        "::" in pattern
        or "://" in pattern
        or pattern.startswith(("/", "~"))
        or ".." in pattern.split("/")
    )


def _class_names(features: Any) -> dict[str, list[str]]:
    """Columns that hold ids of named classes, alone or in lists -> the names."""
    found = {}
    for column, feature in (features or {}).items():
        inner = getattr(feature, "feature", feature)
        if names := getattr(inner, "names", None):
            found[column] = list(names)
    return found


@contextmanager
def _failures_told(name: str) -> Iterator[None]:
    """What the hub or its library says, as a sentence."""
    from datasets.exceptions import DatasetsError
    from httpx2 import HTTPError
    from huggingface_hub.errors import GatedRepoError, OfflineModeIsEnabled

    try:
        yield
    except GatedRepoError:
        raise UserError(
            f"{name}: gated. Accept its terms on the hub, and put your token into HF_TOKEN."
        ) from None
    except OfflineModeIsEnabled:
        raise UserError(f"{name}: HF_HUB_OFFLINE forbids to fetch it. Unset it.") from None
    except (
        OSError,
        RuntimeError,
        ValueError,
        HTTPError,
        DatasetsError,
        pa.ArrowException,
    ) as error:
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        kind = type(error).__name__
        raise UserError(
            f"{name}: cannot be read from the hub ({kind}: {said[:300].rstrip('.')}). Check the "
            "name, the revision and the connection, and whether HF_TOKEN may read it."
        ) from None
