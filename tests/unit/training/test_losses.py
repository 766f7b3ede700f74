import pytest
import torch
from torch.nn import functional

from luthier.training.losses import (
    FITTING,
    binary_cross_entropy,
    cross_entropy,
    divergence,
    focal,
    huber,
    plain_loss,
    with_options,
)

LOGITS = torch.randn(5, 4, generator=torch.Generator().manual_seed(1))
CLASSES = torch.tensor([0, 3, 1, 1, 2])
SETS = torch.tensor([[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 0]]).float()


def test_every_kind_of_target_has_its_losses():
    assert {kind: list(losses) for kind, losses in FITTING.items()} == {
        "classes": ["cross_entropy", "focal"],
        "label_sets": ["cross_entropy", "focal"],
        "numbers": ["squared", "absolute", "huber"],
    }


@pytest.mark.parametrize("kind", FITTING)
def test_each_loss_is_one_number_a_target(kind):
    logits = LOGITS[:, 0] if kind == "numbers" else LOGITS
    labels = {"classes": CLASSES, "label_sets": SETS, "numbers": torch.ones(5)}[kind]
    for loss in FITTING[kind].values():
        assert loss(logits, labels).shape == (5,)


def test_cross_entropy_with_smoothing_is_that_of_transformers():
    # transformers' LabelSmoother: (1 - s) nll + s * mean over classes of -log p.
    log_p = LOGITS.log_softmax(-1)
    expected = -0.9 * log_p[range(5), CLASSES] - 0.1 * log_p.mean(-1)
    torch.testing.assert_close(cross_entropy(LOGITS, CLASSES, smoothing=0.1), expected)


def test_the_mean_of_binary_cross_entropy_is_that_of_all_cells():
    expected = functional.binary_cross_entropy_with_logits(LOGITS, SETS)
    torch.testing.assert_close(binary_cross_entropy(LOGITS, SETS).mean(), expected)


def test_smoothing_of_label_sets_goes_towards_a_half():
    expected = functional.binary_cross_entropy_with_logits(LOGITS, SETS * 0.8 + 0.1)
    torch.testing.assert_close(binary_cross_entropy(LOGITS, SETS, smoothing=0.2).mean(), expected)


def test_focal_without_gamma_is_cross_entropy():
    torch.testing.assert_close(focal(LOGITS, CLASSES, gamma=0), cross_entropy(LOGITS, CLASSES))
    torch.testing.assert_close(focal(LOGITS, SETS, gamma=0), binary_cross_entropy(LOGITS, SETS))


def test_focal_cares_less_for_what_is_easy():
    sure, unsure = torch.tensor([[9.0, 0.0]]), torch.tensor([[0.1, 0.0]])
    right = torch.tensor([0])
    kept = focal(sure, right) / cross_entropy(sure, right)
    assert kept < focal(unsure, right) / cross_entropy(unsure, right)


def test_focal_is_its_formula():
    p = LOGITS.softmax(-1)[range(5), CLASSES]
    torch.testing.assert_close(focal(LOGITS, CLASSES, gamma=2), -((1 - p) ** 2) * p.log())


def test_huber_bends_at_delta():
    found = huber(torch.tensor([0.5, 3.0]), torch.zeros(2), delta=2.0)
    torch.testing.assert_close(found, torch.tensor([0.125, 2 * (3 - 1.0)]))


def test_the_divergence_is_the_mean_of_both_kl_divergences():
    other = LOGITS.flip(0)
    one, two = LOGITS.log_softmax(-1), other.log_softmax(-1)
    both = [
        functional.kl_div(b, a, log_target=True, reduction="none").sum(-1)
        for a, b in ((one, two), (two, one))
    ]
    torch.testing.assert_close(divergence(LOGITS, other, "classes"), sum(both) / 2)


def test_the_divergence_of_label_sets_is_that_of_two_classes_each():
    other = LOGITS.flip(0)
    pairs = [torch.stack([x, torch.zeros_like(x)], -1).flatten(0, 1) for x in (LOGITS, other)]
    expected = divergence(*pairs, "classes").view(5, 4).mean(-1)
    torch.testing.assert_close(divergence(LOGITS, other, "label_sets"), expected)


@pytest.mark.parametrize("kind", FITTING)
def test_equal_passes_do_not_diverge(kind):
    logits = LOGITS[:, 0] if kind == "numbers" else LOGITS
    assert divergence(logits, logits, kind).abs().max() < 1e-6


def test_options_that_a_loss_has_not_are_left_out():
    loss = with_options(plain_loss("numbers"), smoothing=0.5, delta=3.0)
    torch.testing.assert_close(loss(torch.ones(1), torch.zeros(1)), torch.ones(1))
