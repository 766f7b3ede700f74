from pathlib import Path

import torch
from transformers import AutoModel, Trainer, TrainingArguments

from luthier.core.config import MENUS


def test_the_same_weights_decay_as_in_transformers_trainer(tiny_bert: Path, tmp_path: Path) -> None:
    model = AutoModel.from_pretrained(tiny_bert)
    theirs = Trainer(
        model, TrainingArguments(str(tmp_path), use_cpu=True)
    ).get_decay_parameter_names(model)
    optimizer = MENUS["optimizer"].build({"adamw": {"weight_decay": 0.1}})(model, 1e-3)
    names = {id(p): name for name, p in model.named_parameters()}
    decayed = [g for g in optimizer.param_groups if g["weight_decay"] == 0.1]
    assert {names[id(p)] for group in decayed for p in group["params"]} == set(theirs)


def test_only_moving_weights_have_moments() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    model[0].requires_grad_(False)
    optimizer = MENUS["optimizer"].build("adamw")(model, 1e-3)
    assert sum(len(group["params"]) for group in optimizer.param_groups) == 2
