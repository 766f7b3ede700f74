import http.server
import random
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.data.documents import converter as module
from luthier.data.documents import inside_converter
from luthier.data.documents.converter import CONVERTED, Converter, Unreadable
from tests import documents

MADE = {
    "pdf": documents.pdf(),
    "docx": documents.docx(),
    "pptx": documents.pptx(),
    "xlsx": documents.xlsx(),
    "epub": documents.epub(),
}


@pytest.fixture(scope="module")
def converter() -> Iterator[Converter]:
    made = Converter(seconds=60)
    yield made
    made.close()


def test_every_kind_is_tested_here() -> None:
    assert MADE.keys() == CONVERTED


@pytest.mark.parametrize("kind", MADE)
def test_a_document_becomes_its_text(converter: Converter, kind: str) -> None:
    text = converter.convert(kind, MADE[kind], "a")
    assert text.index("Hello") < text.index("world")


def test_a_slide_is_text_without_marks_of_the_page(converter: Converter) -> None:
    assert converter.convert("pptx", MADE["pptx"], "a") == "# Hello\nworld"


@pytest.mark.parametrize(
    ("kind", "content", "why"),
    [
        ("pdf", documents.pdf(encrypted=True), "encrypted"),
        ("pdf", documents.pdf([]), "without text, perhaps scanned"),
        ("pdf", documents.docx(), r"damaged \(it does not begin like a PDF\)"),
        ("pdf", b"%PDF-1.4 and no more", "damaged"),
        ("docx", b"PK\3\4 and no more", "damaged"),
        ("docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("xlsx", b"\xd0\xcf\x11\xe0 and more", "an old Office document"),
        ("docx", documents.packed({"word/document.xml": bytes(2**25)}), "unpacks to far more"),
        ("epub", documents.packed({"a.xhtml": bytes(2**25)}), "unpacks to far more"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    converter: Converter, kind: str, content: bytes, why: str
) -> None:
    with pytest.raises(Unreadable, match=rf"^x\.{kind}: {why}.*; .*\.$"):
        converter.convert(kind, content, f"x.{kind}")


def test_entities_within_entities_are_refused(converter: Converter) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    content = documents.docx("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>", laughs)
    with pytest.raises(Unreadable, match=r"word/document\.xml declares entities"):
        converter.convert("docx", content, "x.docx")


def test_a_picture_that_lies_elsewhere_is_not_fetched(converter: Converter) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        content = docx_with_picture(f"http://127.0.0.1:{server.server_port}/picture.png")
        with suppress(Unreadable):
            converter.convert("docx", content, "x.docx")
        server.shutdown()
    assert asked == []


def test_a_file_of_this_machine_does_not_come_into_the_text(converter: Converter) -> None:
    with pytest.raises(Unreadable, match=r"^x\.docx"):
        converter.convert("docx", docx_with_picture("file:///etc/hostname"), "x.docx")


@pytest.mark.parametrize("event", ["socket.connect", "subprocess.Popen", "os.system"])
def test_the_process_is_kept_from_the_network_and_from_programs(event: str) -> None:
    with pytest.raises(PermissionError):
        inside_converter._forbid(event, ())


def test_the_process_may_read_files_and_not_write_them() -> None:
    inside_converter._forbid("open", ("a", "r", 0))
    with pytest.raises(PermissionError):
        inside_converter._forbid("open", ("a", None, 1))


def test_a_document_that_takes_too_long_is_given_up_and_the_next_one_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hurried = Converter(seconds=0.01)
    with pytest.raises(Unreadable, match="takes too long"):
        hurried.convert("pdf", documents.pdf(["word"] * 999), "x.pdf")
    monkeypatch.setattr(hurried, "_seconds", 60)
    assert hurried.convert("docx", MADE["docx"], "y.docx") == "Hello\n\nworld"
    hurried.close()


def test_without_the_library_its_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'luthier\[collect\]'"):
        Converter().convert("pdf", MADE["pdf"], "x.pdf")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kind=st.sampled_from(sorted(MADE)), seed=st.integers(0, 2**32))
def test_mutated_documents_are_text_or_unreadable(
    converter: Converter, kind: str, seed: int
) -> None:
    chance = random.Random(seed)
    content = bytearray(MADE[kind])
    for _ in range(chance.randint(1, 20)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    with suppress(Unreadable):
        assert converter.convert(kind, bytes(content[chance.choice([0, 0, 3]) :]), "x")


def test_cells_keep_their_kinds_and_places(converter: Converter) -> None:
    content = documents.xlsx({"One": [["a", 1, None], [], [None, True, 0.5]], "Two": [["b"]]})
    assert list(converter.cells(content, "x.xlsx")) == [
        ("One", 1, ["a", 1]),
        ("One", 3, [None, True, 0.5]),
        ("Two", 1, ["b"]),
    ]


def test_cells_may_be_left_before_their_end(converter: Converter) -> None:
    content = documents.xlsx({"One": [[number] for number in range(2000)]})
    rows = converter.cells(content, "x.xlsx")
    assert next(rows) == ("One", 1, [0])
    rows.close()
    assert len(list(converter.cells(content, "x.xlsx"))) == 2000


def docx_with_picture(address: str) -> bytes:
    body = (
        "<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill>"
        '<a:blip r:link="rId9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )
    linked = (
        f'<Relationship Id="rId9" Type="{documents.OFFICE}/image" Target="{address}" '
        'TargetMode="External"/>'
    )
    more = {"word/_rels/document.xml.rels": documents.RELATIONS.format(linked)}
    return documents.docx(body, more=more)
