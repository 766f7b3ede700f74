"""Training dynamics: how a run took each of its training rows, as one table on disk."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from luthier.core.errors import UserError
from luthier.core.files import new_file

NAME = "dynamics.parquet"
"""The file's name in a run folder."""


@final
@dataclass(frozen=True, slots=True)
class Dynamics:
    """Of N training rows, over the epochs in which each was seen.

    Confidence, variability and correctness are those of dataset cartography (Swayamdipta et al.,
    2020): the mean of p(reference), its standard deviation, and how often the answer was right.
    A forgetting event is a right answer that is followed by a wrong one (Toneva et al., 2019).

    Attributes:
        ids: (N,) of the rows.
        epochs: (N,) how often each was seen.
        confidence: (N,) 0 to 1.
        variability: (N,) 0 to 0.5.
        correctness: (N,) 0 to 1.
        forgetting: (N,) events.
    """

    ids: NDArray[np.str_]
    epochs: NDArray[np.int64]
    confidence: NDArray[np.float32]
    variability: NDArray[np.float32]
    correctness: NDArray[np.float32]
    forgetting: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def write(self, path: Path) -> None:
        """Write the table, whole or not at all.

        Raises:
            UserError: the disk is full or may not be written.
        """
        columns: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        with new_file(path) as file:
            pq.write_table(pa.table(columns), file)

    @classmethod
    def read(cls, path: Path) -> "Dynamics | None":
        """Read the table; None where a run recorded none.

        Raises:
            UserError: the file is damaged.
        """
        if not path.is_file():
            return None
        try:
            table = pq.read_table(path)
            columns = {f.name: table.column(f.name).to_numpy() for f in fields(cls)}
        except (pa.ArrowException, KeyError) as error:
            raise UserError(f"{path}: damaged ({error}). Train the run anew.") from error
        return cls(**{**columns, "ids": columns["ids"].astype(np.str_)})
