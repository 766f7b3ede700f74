import threading
from pathlib import Path

import pytest

from luthier.data.documents import conversion as module
from luthier.data.documents.conversion import Conversion
from luthier.data.documents.converter import Converter, Unreadable
from luthier.data.parsing.raw_file import RawFile
from tests import documents


def written(path: Path, content: bytes) -> RawFile:
    path.write_bytes(content)
    return RawFile(path, path.name)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.html", b"<title>x</title><p>One &amp; two<p>three", "One & two\n\nthree"),
        ("a.htm", '<meta charset="gbk"><p>你好'.encode("gbk"), "你好"),
        ("a.md", "# 标题\n\ntext\n".encode(), "# 标题\n\ntext\n"),
        ("a.txt", b"one\ntwo\n", "one\ntwo\n"),
    ],
)
def test_text_is_read_in_this_process(
    name: str, content: bytes, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Converter, "convert")
    assert Conversion().fields(written(tmp_path / name, content)) == {"text": text}


def test_a_mail_gives_its_headers_too(tmp_path: Path) -> None:
    mail = b"From: a@b.c\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nHello\n"
    fields = Conversion().fields(written(tmp_path / "a.eml", mail))
    assert fields["text"] == "Subject: Grüße\n\nHello"
    assert fields["subject"] == "Grüße"


def test_a_page_without_text_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="without text"):
        Conversion().fields(written(tmp_path / "a.html", b"<script>x</script>"))


def test_a_document_that_is_too_large_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 9)
    with pytest.raises(Unreadable, match="too large"):
        Conversion().fields(written(tmp_path / "a.docx", bytes(10)))


def test_a_document_is_converted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def convert(self: Converter, kind: str, content: bytes, name: str) -> str:
        asked.append(name)
        return content.decode()

    monkeypatch.setattr(Converter, "convert", convert)
    conversion, file = Conversion(), written(tmp_path / "a.pdf", b"text")
    assert [conversion.fields(file) for _ in range(2)] == [{"text": "text"}] * 2
    conversion.fields(written(tmp_path / "a.pdf", b"another text"))
    assert asked == ["a.pdf", "a.pdf"]


def test_only_so_much_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(module, "REMEMBERED", 3)
    monkeypatch.setattr(Converter, "convert", lambda *a: asked.append(a[3]) or "text")
    conversion = Conversion()
    files = [written(tmp_path / f"{n}.pdf", b"x") for n in range(3)]
    for file in [*files, *files]:
        conversion.fields(file)
    assert asked == ["0.pdf", "1.pdf", "2.pdf", "1.pdf", "2.pdf"]


def test_results_come_in_order_with_the_errors_among_them() -> None:
    def read(number: int) -> int:
        if number == 3:
            raise ValueError("three")
        return number * number

    results = dict(Conversion(workers=3).in_order(range(9), read))
    assert list(results) == list(range(9))
    assert isinstance(results.pop(3), ValueError)
    assert all(result == number * number for number, result in results.items())


def test_not_all_items_are_taken_at_once() -> None:
    taken: list[int] = []
    results = Conversion(workers=2).in_order(map(lambda n: taken.append(n) or n, range(99)), abs)
    next(results)
    results.close()
    assert len(taken) < 9


def test_whoever_has_enough_leaves_no_process_and_no_thread_behind(tmp_path: Path) -> None:
    files = [written(tmp_path / f"{n}.docx", documents.docx()) for n in range(8)]
    threads = threading.active_count()
    conversion = Conversion(workers=2)
    results = conversion.in_order(files, conversion.fields)
    assert next(results)[1] == {"text": "Hello\n\nworld"}
    results.close()
    assert threading.active_count() == threads
    assert not conversion._all
