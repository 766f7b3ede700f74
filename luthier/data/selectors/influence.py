"""The rows that pull a linear head where the validation rows pull it: similar gradients."""

from collections.abc import Iterator
from typing import Annotated, Literal, final

import numpy as np
from pydantic import Field

from luthier.core.errors import UserError
from luthier.data.selection.head import fit_head, gradient_cosines, residuals, standardised
from luthier.data.selection.pool import Pool
from luthier.data.selection.rounds import by_turns, in_turns
from luthier.data.selector import Count, RowShare, Selector, Tokens

ASKER = "data.select.influence"


@final
class Influence(Selector):
    """Rows by the cosine of their gradient with the mean gradient of the validation rows.

    As LESS does it (Xia et al., 2024), but of a linear head on the frozen model instead of a LoRA
    adapter: there a row's gradient is an outer product, so that cosines are exact and need neither
    autograd nor random projection. The head is first fitted on a small part of the rows, some of
    each label, as LESS warms its model up.

    Args:
        count: budget.
        share: budget.
        tokens: budget.
        targets: `all`: one mean gradient; `label`: one for the validation rows of each label. A
            row goes to the label it is most similar to (LESS: the largest over subtasks), and
            labels take turns, lest the few on which the head errs most take all.
        warmup: share of the rows that the head is fitted on.
        model: whose vectors; else the recipe's.
    """

    def __init__(
        self,
        *,
        count: Count = None,
        share: RowShare = None,
        tokens: Tokens = None,
        targets: Annotated[
            Literal["all", "label"], Field(description="gradients to be similar to")
        ] = "label",
        warmup: Annotated[float, Field(gt=0, le=1, description="of the rows")] = 0.1,
        model: Annotated[str | None, Field(description="else the recipe's")] = None,
    ):
        super().__init__(count=count, share=share, tokens=tokens)
        self._targets, self._warmup, self._model = targets, warmup, model

    def order(self, pool: Pool) -> Iterator[int]:
        """The most similar first.

        Raises:
            UserError: there are no validation rows; or see `Pool`.
        """
        labels, codes = pool.classes(ASKER)
        target_codes = np.array(
            [labels.get(str(row.get("label")), -1) for row in pool.targets()], np.int64
        )
        if not len(target_codes):
            raise UserError(f"{ASKER}: there are no validation rows to be like. Split some off.")
        vectors = pool.vectors(ASKER, self._model)
        features = standardised(vectors)
        aims = standardised(pool.target_vectors(ASKER, self._model), vectors)
        part = by_turns(codes, pool.generator(self.name))
        part = part[: max(len(labels), round(self._warmup * pool.size))]
        head = fit_head(features[part], codes[part], len(labels))
        pulls, target_pulls = residuals(head(features), codes), residuals(head(aims), target_codes)
        groups = [target_codes >= -1]
        if self._targets == "label":
            groups = [target_codes == code for code in np.unique(target_codes)]
        best = np.full(pool.size, -np.inf, np.float32)
        group = np.zeros(pool.size, np.int64)
        for number, own in enumerate(groups):
            found = gradient_cosines(pulls, features, target_pulls[own], aims[own])
            group[found > best] = number
            np.maximum(best, found, out=best)
        by_score = np.argsort(-best, kind="stable")
        return iter(by_score[in_turns(group[by_score])].tolist())
