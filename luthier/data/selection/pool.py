"""The rows that a selector chooses from, and what it may ask of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import compress
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from numpy.typing import NDArray

from luthier.core.chunks import chunks
from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.augmenter import Means
from luthier.data.duplicates.shingles import text_of
from luthier.data.open import read_rows
from luthier.data.source import OnProgress, unwatched

Numbers = NDArray[np.int64]
Vectors = NDArray[np.float32]
Rows = Callable[[], Iterable[Row]]
"""Opens a stream of rows anew; one stream is read to its end before another is opened."""

DEFAULT_LENGTH = 256
_BATCH = 1024
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Pool:
    """N rows to choose from.

    Attributes:
        rows: opens the stream of them.
        size: N.
        targets: opens the stream of the validation rows: what the model shall be good at.
        means: the seed, and who lends models.
        scratch: a folder for what memory should not hold.
        model: of the recipe, if it names one.
        max_length: tokens a model reads of a row.
        on_progress: told what is being done.
        known: model -> vectors (N, D) of the rows and (T, D) of the targets, computed already.
    """

    rows: Rows
    size: int
    targets: Rows
    means: Means
    scratch: Path
    model: str | None = None
    max_length: int = DEFAULT_LENGTH
    on_progress: OnProgress = unwatched
    known: dict[str, tuple[Vectors, Vectors]] = field(default_factory=dict)

    def generator(self, name: str) -> np.random.Generator:
        """Chance that depends on the run's seed and a name alone."""
        digest = blake2b(f"{self.means.seed}:{name}".encode(), digest_size=8).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))

    def texts(self) -> Iterator[str]:
        """What each row says, its fields joined."""
        return (text_of(row.fields) for row in self.rows())

    def wanted(self, source: str | None) -> Iterator[Row]:
        """The rows to come close to: of a source, else the targets.

        Raises:
            UserError: the source cannot be read.
        """
        yield from self.targets() if source is None else read_rows([source]).rows()

    def classes(self, asker: str) -> tuple[dict[str, int], Numbers]:
        """The labels of the rows: name -> code, and the code (N,) of each row.

        Raises:
            UserError: a row has no label, or several.
        """
        codes: dict[str, int] = {}
        found = np.empty(self.size, np.int64)
        for number, row in enumerate(self.rows()):
            label = row.get("label")
            if label is None or isinstance(label, list | Mapping):
                raise UserError(f"{asker}: needs rows of one label each; row {row.id} has not.")
            found[number] = codes.setdefault(str(label), len(codes))
        return codes, found

    def vectors(self, asker: str, model: str | None) -> Vectors:
        """(N, D) the rows as vectors of a frozen model, on disk, computed once for each model.

        Raises:
            UserError: no model is named, there is no such model, or nobody lends any.
        """
        return self._embedded(asker, model)[0]

    def target_vectors(self, asker: str, model: str | None) -> Vectors:
        """(T, D) the same of the targets."""
        return self._embedded(asker, model)[1]

    def lengths(self) -> Numbers:
        """(N,) the tokens of each row, as the recipe's model counts them.

        Raises:
            UserError: the recipe names no model.
        """
        name = self.named("data.select: a budget in tokens", None)
        count = self.means.lend("data.select: a budget in tokens").counter(name)
        found = [np.empty(0, np.int64)]
        found += [np.array(count(batch), np.int64) for batch in chunks(self.texts(), _BATCH)]
        return np.concatenate(found)

    def narrowed(self, numbers: Numbers) -> "Pool":
        """The pool of some of the rows, in their old order."""
        stays = np.zeros(self.size, np.bool_)
        stays[numbers] = True
        flags = stays.tolist()
        return Pool(
            lambda: compress(self.rows(), flags),
            int(stays.sum()),
            self.targets,
            self.means,
            self.scratch,
            self.model,
            self.max_length,
            self.on_progress,
            {name: (rows[stays], targets) for name, (rows, targets) in self.known.items()},
        )

    def named(self, asker: str, model: str | None) -> str:
        """The model that is asked for, else the recipe's.

        Raises:
            UserError: neither is named.
        """
        name = model or self.model
        if name is None:
            raise UserError(
                f"{asker}: needs a model. Name one as `model.base` of the recipe, such as "
                "catalog:minilm."
            )
        return name

    def _embedded(self, asker: str, model: str | None) -> tuple[Vectors, Vectors]:
        name = self.named(asker, model)
        if name not in self.known:
            lent = self.means.lend(asker).vectors(name, self.max_length)
            folder = Path(mkdtemp(dir=self.scratch, prefix="vectors-"))
            self.known[name] = (
                self._written(self.rows, lent.width, lent.of, folder / "rows"),
                self._written(self.targets, lent.width, lent.of, folder / "targets"),
            )
        return self.known[name]

    def _written(
        self,
        rows: Rows,
        width: int,
        embed: Callable[[list[str]], Vectors],
        path: Path,
    ) -> Vectors:
        done = 0
        with path.open("wb") as file:
            for batch in chunks((text_of(row.fields) for row in rows()), _AT_ONCE):
                file.write(np.ascontiguousarray(embed(batch), np.float32).data)
                done += len(batch)
                self.on_progress("embed", done, None)
        if not done:
            return np.empty((0, width), np.float32)
        return np.memmap(path, np.float32, mode="r", shape=(done, width))
