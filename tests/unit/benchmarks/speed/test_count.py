from torch import nn

from benchmarks.speed.count import Weights, dense_weights, flops_per_token


def test_flops_of_a_model_that_moves_whole_are_six_a_weight() -> None:
    assert flops_per_token(Weights(dense=100, moving=100)) == 600


def test_a_small_update_of_a_frozen_model_costs_little_more_than_passing_it() -> None:
    assert flops_per_token(Weights(dense=100, moving=1)) == 402


def test_embeddings_and_heads_tied_to_them_are_no_products() -> None:
    table, layer, head = nn.Embedding(50, 4), nn.Linear(4, 4), nn.Linear(4, 50, bias=False)
    head.weight = table.weight
    layer.bias.requires_grad_(False)
    assert dense_weights(nn.Sequential(table, layer, head)) == Weights(dense=20, moving=16)
