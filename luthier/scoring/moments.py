"""Variances and covariances from weighted sums, so that resampling costs one matrix product."""

import numpy as np

from luthier.scoring.answers import Floats

# What is left of a variance of 0 after rounding, as a share of the squares it is the rest of.
_ROUNDING = 1e-12


def centred(values: Floats) -> Floats:
    """Values (N,) shifted and scaled so that their median is 0 and the furthest from it 1.

    No correlation changes by it, but sums of squares then keep their digits.
    """
    shifted: Floats = values - np.sort(values)[len(values) // 2]
    return shifted / (np.abs(shifted).max() or 1.0)


def spread(weight: Floats, total: Floats, squares: Floats) -> Floats:
    """Sum of squares about the mean: (B,); NaN where all values are equal.

    Args:
        weight: (B,) sum of w_i.
        total: (B,) sum of w_i x_i.
        squares: (B,) sum of w_i x_i^2.
    """
    about = weight * squares - total**2
    is_known = about > _ROUNDING * weight * squares
    found = np.full(len(about), np.nan)
    np.divide(about, weight, out=found, where=is_known)
    return found
