from pathlib import Path

from luthier.data.parsing.label_names import read_names


def test_names_come_in_the_order_of_their_lines_without_the_space_around(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_bytes("\ufeffanger\r\n joy\r\n喜\r\n\r\n".encode())
    assert read_names(str(tmp_path / "names.txt")) == ["anger", "joy", "喜"]
