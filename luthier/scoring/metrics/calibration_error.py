"""How far confidence and accuracy lie apart (expected calibration error of Guo et al. 2017)."""

from typing import Annotated, ClassVar, final

import numpy as np
from pydantic import Field

from luthier.scoring.answers import Answers, ClassAnswers, Floats
from luthier.scoring.calibration import NUM_BINS, bin_numbers, confidences
from luthier.scoring.metric import Metric, divide


@final
class CalibrationError(Metric[ClassAnswers]):
    """The expected calibration error, with M bins of equal width on the confidence.

    ECE = sum over bins m of |B_m| / N * |acc(B_m) - conf(B_m)|

    B_m are the rows whose confidence lies in (m / M, (m + 1) / M], acc(B_m) the share of them that
    was answered right, conf(B_m) their mean confidence. Guo, Pleiss, Sun and Weinberger, "On
    Calibration of Modern Neural Networks", ICML 2017. Biased upwards on few rows.
    """

    higher_is_better: ClassVar[bool] = False
    judges: ClassVar[tuple[type[Answers], ...]] = (ClassAnswers,)
    needs_probabilities: ClassVar[bool] = True

    def __init__(self, *, bins: Annotated[int, Field(ge=1, le=1000)] = NUM_BINS):
        self._bins = bins

    def name(self) -> str:
        """`calibration_error`."""
        return "calibration_error"

    def value(self, answers: ClassAnswers, weights: Floats | None = None) -> float:
        """The error over all rows, from 0 (as sure as right) to 1; NaN if no row has weight."""
        row = np.ones(len(answers)) if weights is None else weights
        return float(self.replicates(answers, row[np.newaxis])[0])

    def replicates(self, answers: ClassAnswers, weights: Floats) -> Floats:
        """The error for each of B reweightings: weights (B, N) -> (B,)."""
        confidence = confidences(answers)
        numbers = bin_numbers(confidence, self._bins)
        gaps = (answers.references == answers.predictions) - confidence
        distances = np.array(
            [np.abs(np.bincount(numbers, row * gaps)).sum() for row in weights], np.float64
        )
        return divide(distances, weights.sum(axis=1, dtype=np.float64), np.nan)
