"""A token is drawn as its probability says, by a number that belongs to the row."""

import pytest
import torch

from luthier.core.errors import UserError
from luthier.models.decoding import Decoding, RowDraw

SHARES = torch.tensor([0.5, 0.3, 0.15, 0.05])


def draws(decoding: Decoding, rows: int, *, seed: int = 0, first: int = 0) -> torch.Tensor:
    """What is drawn for so many rows in one step, all with the probabilities `SHARES`."""
    draw = RowDraw(decoding, seed, range(first, first + rows))
    scores = SHARES.log().repeat(rows * decoding.num_samples, 1)
    return draw(torch.zeros(len(scores), 1, dtype=torch.long), scores).argmax(dim=-1)


def shares(drawn: torch.Tensor) -> torch.Tensor:
    return torch.bincount(drawn, minlength=4) / len(drawn)


def test_tokens_are_drawn_as_often_as_they_are_likely() -> None:
    drawn = shares(draws(Decoding(temperature=1.0, max_new_tokens=1), 4000))
    torch.testing.assert_close(drawn, SHARES, atol=0.02, rtol=0)


def test_a_temperature_flattens_the_shares() -> None:
    drawn = shares(draws(Decoding(temperature=2.0, max_new_tokens=1), 4000))
    expected = (SHARES.log() / 2).softmax(-1)
    torch.testing.assert_close(drawn, expected, atol=0.02, rtol=0)


def test_top_p_leaves_out_what_is_unlikely() -> None:
    drawn = shares(draws(Decoding(temperature=1.0, top_p=0.75, max_new_tokens=1), 4000))
    expected = torch.tensor([0.625, 0.375, 0.0, 0.0])
    torch.testing.assert_close(drawn, expected, atol=0.02, rtol=0)


def test_a_row_draws_the_same_wherever_it_stands() -> None:
    decoding = Decoding(temperature=1.0, max_new_tokens=1)
    assert torch.equal(draws(decoding, 50)[20:], draws(decoding, 30, first=20))


def test_another_seed_draws_otherwise() -> None:
    decoding = Decoding(temperature=1.0, max_new_tokens=1)
    assert not torch.equal(draws(decoding, 50), draws(decoding, 50, seed=1))


def test_the_samples_of_a_row_are_drawn_apart() -> None:
    drawn = draws(Decoding(temperature=1.0, num_samples=2, max_new_tokens=1), 50)
    assert not torch.equal(drawn[::2], drawn[1::2])


def test_every_step_has_a_number_of_its_own() -> None:
    draw = RowDraw(Decoding(temperature=1.0, max_new_tokens=2), 0, range(50))
    ids, scores = torch.zeros(50, 1, dtype=torch.long), SHARES.log().repeat(50, 1)
    assert not torch.equal(draw(ids, scores).argmax(-1), draw(ids, scores).argmax(-1))


def test_what_was_ruled_out_is_never_drawn() -> None:
    draw = RowDraw(Decoding(temperature=1.0, max_new_tokens=1), 0, range(200))
    scores = torch.tensor([-torch.inf, 0.0, -torch.inf]).repeat(200, 1)
    ids = torch.zeros(200, 1, dtype=torch.long)
    assert set(draw(ids, scores).argmax(-1).tolist()) == {1}


def test_beam_search_does_not_draw() -> None:
    with pytest.raises(UserError, match="num_beams: beam search"):
        Decoding(num_beams=2, temperature=0.5)


def test_several_answers_are_only_drawn() -> None:
    with pytest.raises(UserError, match="num_samples: without a temperature all 3 answers"):
        Decoding(num_samples=3)


def test_rows_that_stay_draw_what_they_would_have_drawn() -> None:
    decoding = Decoding(temperature=1.0, max_new_tokens=2)
    ids, scores = torch.zeros(50, 1, dtype=torch.long), SHARES.log().repeat(50, 1)
    whole, fewer = RowDraw(decoding, 0, range(50)), RowDraw(decoding, 0, range(50))
    whole(ids, scores), fewer(ids, scores)
    fewer.keep(torch.arange(10, 50))
    expected = whole(ids, scores)[10:]
    assert torch.equal(fewer(ids[10:], scores[10:]), expected)
