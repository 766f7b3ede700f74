from pathlib import Path

import pytest
import torch

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from luthier.training.checkpoints import resume, save_checkpoint
from tests.toy_loop import toy_trainer

OPTIMIZERS = MENUS["optimizer"].names()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_comes_back_whole(name: str, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, optimizer=name)
    for rows in trainer.plan.batches(0):
        trainer.step(rows)
    save_checkpoint(trainer, ())
    again = toy_trainer(tmp_path, optimizer=name)
    resume(again, ())
    one, other = trainer.parts.optimizer.state_dict(), again.parts.optimizer.state_dict()
    assert one["param_groups"] == other["param_groups"]
    assert one["state"].keys() == other["state"].keys()
    for i, state in one["state"].items():
        assert state.keys() == other["state"][i].keys()
        for key, value in state.items():
            assert torch.equal(torch.as_tensor(value), torch.as_tensor(other["state"][i][key]))
            assert type(value) is type(other["state"][i][key])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_checkpoint_is_json_and_safetensors(name: str, tmp_path: Path) -> None:
    trainer = toy_trainer(
        tmp_path, optimizer=name, callbacks=[MENUS["callbacks"].build("evaluate")]
    )
    trainer.fit()
    files = {path.name for path in (trainer.run.checkpoints / "step-12").iterdir()}
    assert files == {
        "model.safetensors",
        "optimizer.safetensors",
        "memory.safetensors",
        "state.json",
    }


@pytest.mark.parametrize("file", ["model", "optimizer", "memory"])
def test_a_file_cut_short_is_told_with_its_place(file: str, tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path)
    save_checkpoint(trainer, ())
    path = tmp_path / "checkpoints" / "step-0" / f"{file}.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match=rf"{file}\.safetensors: cut short"):
        resume(toy_trainer(tmp_path), ())


def test_the_two_newest_are_kept(tmp_path: Path) -> None:
    trainer = toy_trainer(tmp_path, save_every=2)
    trainer.fit()
    assert {path.name for path in trainer.run.checkpoints.iterdir()} == {"step-10", "step-12"}
