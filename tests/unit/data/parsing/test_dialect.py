import pytest

from luthier.data.parsing.dialect import are_quotes_syntax, has_header, sniff_delimiter


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("text,label\na;b,c\n", ","),
        ("text;label\na,b;c\nd,e;f\n", ";"),
        ("text\tlabel\na, b\tc\n", "\t"),
        ("text|label\na|b\n", "|"),
        ('text,label\n"a\nb;c",d\n', ","),
        ("text\njust text\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_all_rows_alike(text: str, delimiter: str) -> None:
    assert sniff_delimiter(text.splitlines(keepends=True)) == delimiter


def test_ragged_rows_still_have_the_delimiter_of_their_header() -> None:
    assert sniff_delimiter(["text,label,id\n", "a,b\n", "c,d,e,f\n"]) == ","


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Hi," he said.\tham\nBye.\tspam\n', False),
        ('"Hello."\tham\nBye.\tspam\n', False),
        ('"never closed\tham\nBye.\tspam\n', False),
        ('"He said ""hi"""\tham\nBye.\tspam\n', True),
        ('text\tlabel\n"two\nlines"\tspam\n', True),
        ('text\tlabel\n"a\tb"\tspam\n', True),
        ('"text"\t"label"\n"Hi"\t"ham"\n', True),
        ("text\tlabel\n", False),
    ],
)
def test_quotes_are_syntax_only_where_there_is_evidence(text: str, expected: bool) -> None:
    assert are_quotes_syntax(text.splitlines(keepends=True), "\t") is expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["text", "label"], ["Hi", "ham"]], True),
        ([["v1", "v2"], ["ham", "Hi"]], True),
        ([["Was it good?", "Stars"], ["no", "1"]], True),
        ([["0", "1"], ["ham", "Hi"]], True),
        ([["1", "2"], ["ham", "Hi"]], True),
        ([["text", "2019"], ["Hi", "3"]], True),
        ([["文本", "标签"], ["你好", "垃圾"]], True),
        ([["Hi", "27", "ee84"], ["Bye", "3", "ee85"]], False),
        ([["Hi.", "嗨。"], ["Run.", "跑。"]], False),
        ([["ham", "Hi"], ["spam", "Win"], ["ham", "Bye"]], False),
        ([["a" * 200, "ham"], ["b", "spam"]], False),
        ([["text"]], True),
    ],
)
def test_the_first_row_is_a_header_unless_it_looks_like_data(
    rows: list[list[str]], expected: bool
) -> None:
    assert has_header(rows) is expected
