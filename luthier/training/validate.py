"""Judge the validation split while a run is under way."""

import numpy as np

from luthier.evaluation.answers import collect_answers, negative_log_likelihood
from luthier.evaluation.predict import Model
from luthier.tasks.encoded import Encoded
from luthier.training.parts import Scores


def validate(model: Model, encoded: Encoded) -> Scores:
    """The task's metrics, without intervals, and the mean loss; what is not defined is left out."""
    answers = collect_answers(model, encoded)
    scores = {metric.name(): metric.value(answers) for metric in model.task.metrics()}
    defined = {name: value for name, value in scores.items() if np.isfinite(value)}
    return {"loss": negative_log_likelihood(answers), **defined}
