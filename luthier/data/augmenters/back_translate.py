"""Translate into another language and back: by translation models, or by Apertium if installed."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, final

from pydantic import Field

from luthier.core.errors import UserError
from luthier.core.records import Row
from luthier.data.augmentation.apertium import Apertium
from luthier.data.augmentation.asking import asked_text, changes, refusal
from luthier.data.augmentation.kept_answers import KeptAnswers, key_of
from luthier.data.augmenter import Added, Augmenter, Changes, Means, Seed, Share
from luthier.data.lent import Writes, Writing

Translates = Callable[[Sequence[str]], list[str]]


@final
class BackTranslate(Augmenter):
    """The text by which a row asks, there and back again (Sennrich et al., 2016; Xie et al., 2020).

    `there` and `back` are translation models: runs of Luthier's `translation`, folders or hub ids.
    Or `apertium: eng-spa` asks the program of that name, by rules, with no model at all.
    """

    asks = True

    def __init__(
        self,
        *,
        there: Annotated[
            str | None, Field(description="model that translates out of the rows' language")
        ] = None,
        back: Annotated[str | None, Field(description="model that translates back")] = None,
        apertium: Annotated[
            str | None,
            Field(pattern=r"^[a-z]{2,3}-[a-z]{2,3}$", description="pair of languages: eng-spa"),
        ] = None,
        max_new_tokens: Annotated[
            int, Field(ge=1, description="tokens that a translation may have")
        ] = 128,
        temperature: Annotated[
            float, Field(ge=0, description="of sampling; 0 takes the likeliest token")
        ] = 0.0,
        share: Share = 0.5,
    ):
        super().__init__(share=share, copies=1)
        models = (there is not None, back is not None)
        if all(models) == (apertium is not None) or any(models) != all(models):
            raise UserError(
                "augment.back_translate: name two models, `there` and `back`, or a pair of "
                "languages for Apertium, such as `apertium: eng-spa`."
            )
        self._models, self._pair = (there, back), apertium
        self._writing = Writing(temperature, max_new_tokens)
        self._ways: list[Translates] = []

    def begin(self, rows: Iterable[Row], means: Means) -> None:
        """Find the program, or open the two models."""
        if self._pair is not None:
            one, other = self._pair.split("-")
            self._ways = [Apertium(one, other), Apertium(other, one)]
            return
        lender, kept = means.lend(self.name), KeptAnswers()
        self._ways = [
            _kept(lender.writer(model, self._writing), kept, means.seed)
            for model in self._models
            if model is not None
        ]

    def make(self, seeds: Sequence[Seed], tally: Added) -> list[Changes]:
        """Translate all texts of a chunk at once."""
        made: list[Changes] = [refusal(seed.row) or "" for seed in seeds]
        asked = [number for number, refused in enumerate(made) if not refused]
        texts = [asked_text(seeds[number].row) or "" for number in asked]
        for translate in self._ways:
            texts = translate(texts)
        for number, text in zip(asked, texts, strict=True):
            made[number] = changes(seeds[number].row, text.strip(), keeps_parts=True)
        return made


def _kept(writes: Writes, kept: KeptAnswers, seed: int) -> Translates:
    """A model whose translations are kept; what is drawn depends on the run's seed and the text."""

    def translate(texts: Sequence[str]) -> list[str]:
        keys = [key_of(writes.identity, text, seed) for text in texts]
        known = kept.find(keys)
        missing = dict(
            (key, text) for key, text in zip(keys, texts, strict=True) if key not in known
        )
        if missing:
            seeds = [int.from_bytes(key[:7], "big") for key in missing]
            said = writes(list(missing.values()), seeds)
            known |= dict(kept.keep(zip(missing, said, strict=True)))
        return [known[key] for key in keys]

    return translate
