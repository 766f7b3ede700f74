from luthier.data.formats.plain_text import PlainText


def test_text_alone_is_read() -> None:
    assert PlainText().read({"内容": "你好"}, {"text": "内容"}) == {"text": "你好"}


def test_a_column_of_numbers_is_no_text() -> None:
    assert PlainText().recognise([{"text": 3}]) is None
