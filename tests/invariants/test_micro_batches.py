from pathlib import Path
from typing import Any

import pytest

from tests.loops import losses, make_model, make_trainer, read_mails


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"class_weights": "balanced"},
        {"class_weights": {"spam": 2.0}},
        {"label_smoothing": 0.1},
        {"loss": "focal"},
        {"r_drop": 1.0},
    ],
    ids=str,
)
def test_a_step_does_not_depend_on_how_it_is_cut_into_micro_batches(
    tiny_bert: Path, mails: Path, tmp_path: Path, options: Any
) -> None:
    rows = [row for i, row in enumerate(read_mails(mails)) if i % 3 or row["label"] == "ham"][:80]
    seen = []
    for micro in (16, 5, 1):
        trainer = make_trainer(
            make_model(tiny_bert, rows, dropout=0.0),
            rows,
            tmp_path / str(micro),
            objective={"supervised": options},
            micro_batch_size=micro,
        )
        trainer.fit()
        seen.append(losses(trainer))
    assert seen[1] == pytest.approx(seen[0], abs=1e-5)
    assert seen[2] == pytest.approx(seen[0], abs=1e-5)
