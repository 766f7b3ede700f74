"""Which languages rows are in, told by the cleaner `keep_language`."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from luthier.core.config import MENUS
from luthier.core.errors import UserError

_CLEANER = "keep_language"


def languages(texts: Sequence[str]) -> dict[str, Any]:
    """The part `languages` of report.json.

    Returns:
        `rows`: how many texts were looked at. `counts`: language -> rows, by falling frequency;
        `unknown` where the text is too short or no language. `missing`: the sentence that says how
        to install what tells languages, if it is not there; then `counts` is empty.
    """
    try:
        cleaner = MENUS["clean"].build({_CLEANER: {"languages": ["en"]}})
    except UserError as error:  # told on the page: a report without languages is a report still
        return {"rows": 0, "counts": {}, "missing": str(error)}
    counts = Counter(cleaner.language([text]) for text in texts)
    return {"rows": len(texts), "counts": dict(counts.most_common()), "missing": None}
