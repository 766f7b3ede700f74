from pathlib import Path

from luthier.data.choose_reader import extensions
from luthier.data.parsing.raw_file import RawFile
from luthier.data.readers.document import Document
from luthier.data.source import Found
from tests import documents


def test_a_document_is_one_row(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(documents.docx())
    file = RawFile(tmp_path / "a.docx", "a.docx")
    assert list(Document().rows(file)) == [Found({"text": "Hello\n\nworld"}, "a.docx")]


def test_documents_are_known_by_their_endings() -> None:
    of = {ending for ending, name in extensions().items() if name == "document"}
    assert of == {*("html", "htm", "xhtml", "md", "markdown", "eml"), "pdf", "docx", "pptx", "epub"}
