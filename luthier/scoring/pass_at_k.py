"""How likely one of k programs passes, judged by n of which c passed (Chen et al. 2021)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def pass_at_k(n: ArrayLike, c: ArrayLike, k: int) -> NDArray[np.float64]:
    """The unbiased estimator 1 - C(n - c, k) / C(n, k) of Chen et al. 2021, equation 1.

    "Evaluating Large Language Models Trained on Code". Computed as 1 minus the product over
    j < k of (n - c - j) / (n - j), which no factorial can overflow.

    Args:
        n: how many programs were written for each task, of any shape.
        c: how many of them passed, of the same shape.
        k: at least 1.

    Returns:
        the estimate for each task, NaN where fewer than k programs were written.
    """
    written, passed = np.asarray(n, np.float64), np.asarray(c, np.float64)
    fails = np.ones(np.broadcast_shapes(written.shape, passed.shape))
    for drawn in range(k):
        left = np.where(written > drawn, written - drawn, np.nan)
        fails *= np.maximum(written - passed - drawn, 0) / left
    return 1 - fails
