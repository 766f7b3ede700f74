"""What a run recorded of each training row while it trained."""

from pathlib import Path

import pyarrow.parquet as pq

from luthier.core.errors import UserError

DYNAMICS = "dynamics.parquet"
"""In a run folder; `ids` and, for each, `confidence`, `variability`, `correctness` and more."""


def read_dynamics(run: Path, column: str) -> dict[str, float]:
    """One measure of each row that the run trained on, by the row's id.

    Raises:
        UserError: the run has recorded none.
    """
    path = run / DYNAMICS
    if not path.is_file():
        raise UserError(
            f"{run}: holds no {DYNAMICS}. Name the folder of a finished run of a classification "
            "task; every such run records what its rows did."
        )
    table = pq.read_table(path, columns=["ids", column])
    return dict(zip(table["ids"].to_pylist(), table[column].to_pylist(), strict=True))
