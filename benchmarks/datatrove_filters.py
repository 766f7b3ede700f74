"""datatrove's quality filters on rows of a jsonl file; run by the Python that has them.

    PEER_PYTHON -m benchmarks.datatrove_filters FILE

Prints one JSON object: seconds of processor time and rows kept, by filter. It imports nothing of
Luthier, so that it runs in an environment of its own.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Run each filter over all rows, once for what it loads on the way and once measured."""
    from datatrove.data import Document  # type: ignore[import-not-found]
    from datatrove.pipeline.filters import (  # type: ignore[import-not-found]
        C4QualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )

    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    told: dict[str, dict[str, Any]] = {}
    for kind in (GopherQualityFilter, GopherRepetitionFilter, C4QualityFilter):
        judge = kind()
        judge.filter(Document(text=texts[0], id="0"))
        start = time.process_time()
        kept = sum(judge.filter(Document(text=text, id="0")) is True for text in texts)
        told[kind.__name__] = {"seconds": time.process_time() - start, "kept": kept}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
