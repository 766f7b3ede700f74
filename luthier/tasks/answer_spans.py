"""The likeliest passage of a window by the logits of its ends, and when there is no answer."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from luthier.scoring.answers import Bools, Floats, Integers
from luthier.tasks.encoded import Encoded


@dataclass(frozen=True, slots=True)
class BestSpans:
    """The best span of each of R rows, among all spans of all its windows.

    Attributes:
        begins: (R,) its first character.
        ends: (R,) the character behind its last.
        scores: (R,) of the span; -inf where the context has no token.
        nulls: (R,) of no answer: the lowest of all windows, for it may be in any of them.
        totals: (R,) log sum exp of the scores of all spans and of no answer.
    """

    begins: Integers
    ends: Integers
    scores: Floats
    nulls: Floats
    totals: Floats

    def are_given(self, threshold: float | None) -> Bools:
        """Where the span is the answer (R,); without a threshold, wherever there is one."""
        most = np.inf if threshold is None else threshold
        given: Bools = np.isfinite(self.scores) & (self.nulls - self.scores <= most)
        return given


def best_spans(starts: Tensor, ends: Tensor, inside: Tensor, most: int) -> Tensor:
    """The spans with the largest start_i + end_j, i <= j < i + most (Devlin et al., 2019, 4.2).

    Args:
        starts: (B, L) logits of where an answer begins.
        ends: (B, L) of its last token.
        inside: (B, L) where it may begin and end.
        most: tokens it may have.

    Returns:
        (B, 4): i, j, their score, and log sum exp of the scores of all such spans; a window
        without any has the score -inf.
    """
    width = min(most, starts.shape[1])
    begins = starts.masked_fill(~inside, -torch.inf)
    last = pad(ends.masked_fill(~inside, -torch.inf), (0, width - 1), value=-torch.inf)
    # scores[b, i, k] is of the span from i to i + k: L x most of them, not L x L.
    scores = (begins[:, :, None] + last.unfold(1, width, 1)).flatten(1)
    score, place = scores.max(dim=1)
    begin = torch.div(place, width, rounding_mode="floor")
    end = begin + place % width
    return torch.stack([begin, end, score, scores.logsumexp(dim=1)], dim=1)


def best_of_rows(outputs: Floats, encoded: Encoded) -> BestSpans:
    """Sum up the windows of each row.

    Args:
        outputs: (N, 5) of each window: what `best_spans` found, and the score of no answer.
        encoded: the windows, with the characters that `begins` and `ends` each of their tokens.
    """
    firsts = np.cumsum(encoded.parts) - encoded.parts
    rows = np.repeat(np.arange(len(firsts)), encoded.parts)
    begin, end, score, total, null = outputs.astype(np.float64).T
    best = np.lexsort((-score, rows))[firsts]
    lowest = np.minimum.reduceat(null, firsts)
    places = encoded.offsets[best]
    return BestSpans(
        begins=encoded.lists["begins"].flat[places + begin[best].astype(np.int64)],
        ends=encoded.lists["ends"].flat[places + end[best].astype(np.int64)],
        scores=score[best],
        nulls=lowest,
        totals=np.logaddexp(np.logaddexp.reduceat(total, firsts), lowest),
    )


def best_null_threshold(differences: Floats, gains: Floats) -> float:
    """From which difference on "no answer" is the better answer, as SQuAD 2.0's script has it.

    Args:
        differences: (R,) the score of no answer minus that of the best span, of each row.
        gains: (R,) how much better the span is judged than no answer: from -1 to 1.

    Returns:
        t, such that giving the spans of the rows with difference <= t gains most.
    """
    known = np.isfinite(differences)
    order = np.argsort(differences[known], kind="stable")
    ranked = differences[known][order]
    if not len(ranked):
        return 0.0
    gained = np.concatenate([[0.0], np.cumsum(gains[known][order])])
    # Rows with one difference stand or fall together: no threshold lies between them.
    is_cut = np.concatenate([[True], ranked[1:] != ranked[:-1], [True]])
    answered = int(np.argmax(np.where(is_cut, gained, -np.inf)))
    below = ranked[answered - 1] if answered else ranked[0] - 1
    above = ranked[answered] if answered < len(ranked) else ranked[-1] + 1
    return float(below + above) / 2
