import pytest
import torch

from luthier.core.config import MENUS
from luthier.core.errors import UserError
from tests.toy_loop import freeze_all_but, toy_model


def test_muon_moves_the_matrices_of_the_layers_and_adamw_the_rest() -> None:
    model = toy_model()
    optimizer = MENUS["optimizer"].build("muon")(model, 1e-3)
    names = {id(p): name for name, p in model.named_parameters()}
    by_muon = {names[id(p)] for g in optimizer.param_groups if "ns_steps" in g for p in g["params"]}
    assert by_muon == {
        name for name, p in model.named_parameters() if "layer." in name and p.ndim == 2
    }


def test_its_steps_are_those_of_torch_side_by_side() -> None:
    ours, theirs = toy_model(), toy_model()
    optimizer = MENUS["optimizer"].build({"muon": {"weight_decay": 0.0}})(ours, 1e-2)
    matrices = {n for n, p in theirs.named_parameters() if "layer." in n and p.ndim == 2}
    named = list(theirs.named_parameters())
    muon = torch.optim.Muon(
        [p for n, p in named if n in matrices],
        lr=1e-2,
        weight_decay=0.0,
        adjust_lr_fn="match_rms_adamw",
    )
    adamw = torch.optim.AdamW(
        [p for n, p in named if n not in matrices], lr=1e-2, weight_decay=0.0, fused=True
    )
    for seed in range(3):
        for model in (ours, theirs):
            torch.manual_seed(seed)
            for parameter in model.parameters():
                parameter.grad = torch.randn_like(parameter)
        for one in (optimizer, muon, adamw):
            one.step()
    assert all(
        torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True)
    )


def test_a_matrix_of_one_row_is_a_vector() -> None:
    model = torch.nn.ModuleList([torch.nn.Linear(4, 1), torch.nn.Linear(4, 4)])
    wrapped = torch.nn.ModuleDict({"layers": model})
    optimizer = MENUS["optimizer"].build("muon")(wrapped, 1e-3)
    by_muon = [p for g in optimizer.param_groups if "ns_steps" in g for p in g["params"]]
    assert [tuple(p.shape) for p in by_muon] == [(4, 4)]


def test_where_no_matrix_of_a_layer_moves_it_is_refused() -> None:
    model = toy_model()
    freeze_all_but(model, "classifier", "pooler", "embeddings", "LayerNorm")
    with pytest.raises(UserError, match="muon moves matrices of layers, and with this adapter"):
        MENUS["optimizer"].build("muon")(model, 1e-3)
