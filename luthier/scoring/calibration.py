"""How sure the answers were: confidence per row, and the bins that calibration is judged in."""

import numpy as np

from luthier.scoring.answers import ClassAnswers, Floats, Integers

NUM_BINS = 15


def confidences(answers: ClassAnswers) -> Floats:
    """The probability that was given to the answer of each row: (N,).

    This is the largest of the row, unless the predictions were made with a moved threshold.
    """
    assert answers.probabilities is not None, "calibration needs probabilities"
    # Indexing by pairs reads N numbers; a memory map that is larger than memory stays on disk.
    rows = np.arange(len(answers))
    return np.asarray(answers.probabilities[rows, answers.predictions], np.float64)


def bin_edges(num_bins: int) -> Floats:
    """The ends of the bins of equal width: (num_bins + 1,), from 0 to 1."""
    return np.linspace(0.0, 1.0, num_bins + 1)


def bin_numbers(confidence: Floats, num_bins: int) -> Integers:
    """The bin of each confidence: (N,). Bin m holds (m / M, (m + 1) / M], the first 0 as well."""
    return np.searchsorted(bin_edges(num_bins)[1:-1], confidence, side="left")
