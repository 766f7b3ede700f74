"""HTML to readable text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.data.text.markup import declared_charset, is_html, text_of_html, tidy


@pytest.mark.parametrize(
    "html, text",
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One<div>Two</div>Three</div>", "One\nTwo\nThree"),
        ("a<br>b<BR/>c", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</table>", "1 2\n3"),
        ("a <b>bold</b>, <a href='x>y'>link</a>.", "a bold, link."),
        ("<span>joi</span><font color=red>ned</font>", "joined"),
        ("one\n  two\t three", "one two three"),
        ("<pre>one\n  two</pre>", "one\ntwo"),
        ("caf&eacute; &amp;&lt;p&gt; &#147;x&#148;&nbsp;&copy", "café &<p> “x” ©"),
        ("<title>T</title><style>p{}</style>a<script>if (a<b) '</p>'</script>b", "ab"),
        ("<SCRIPT src=x></SCRIPT >a<svg><text>s</text></svg>b", "ab"),
        ("a<!-- <p>hidden</p> -->b<!-->c<!doctype html>d<?xml version='1'?>e", "abcde"),
        ("a<!--[if mso]><p>x</p><![endif]-->b", "ab"),
        ('<img alt=x src="a>b">text', "text"),
        ("<a href = 'x' title=\"it's > here\">text</a>", "text"),
        ("3 < 4 and 5 > 4 <", "3 < 4 and 5 > 4 <"),
        ("<p>第一段</p><p>第二段&hellip;</p>", "第一段\n\n第二段…"),
        ("", ""),
    ],
)
def test_the_text_is_what_a_reader_sees(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    "html, text",
    [
        ("a<!-- never closed>b", "ab"),
        ("a<title>never closed", "anever closed"),
        ('<a href="foo>b</a>c', "bc"),
        ("a<p", "a"),
        ("</ bogus>a", "a"),
        ("</p>a</table>b", "a\n\nb"),
    ],
)
def test_what_is_never_closed_hides_nothing_but_itself(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    "unit",
    ["<div>", "<b>", '<a "', '<a =" > "', "<!--", "<script>", "<a = ", "&#", "<", "</", "<p>x"],
)
def test_a_hostile_page_takes_neither_a_deep_stack_nor_quadratic_time(unit: str) -> None:
    assert len(text_of_html(unit * 100_000)) <= len(unit) * 100_000


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>a</body></html>",
        "\n <!DOCTYPE HTML PUBLIC>",
        "<p>Hello</p>",
        "<x-html>a",
        "One<br />two.<br>Three",
    ],
)
def test_text_marked_up_as_a_whole_is_html(text: str) -> None:
    assert is_html(text)


@pytest.mark.parametrize(
    "text",
    ["", "plain", "a < b", "Use <p> for this.", "<user> hi", "```\n<br><br>\n```", "一<br>二"],
)
def test_text_that_only_speaks_of_tags_is_not(text: str) -> None:
    assert not is_html(text)


@pytest.mark.parametrize(
    "html, label",
    [
        ('<meta http-equiv="Content-Type" content="text/html; charset=gb2312">', "gb2312"),
        ("<META CHARSET='big5'>", "big5"),
        ('<?xml version="1.0" encoding="euc-kr"?>', "euc-kr"),
        ("charset=big5", None),
    ],
)
def test_a_page_declares_its_charset(html: str, label: str | None) -> None:
    assert declared_charset(html) == label


@given(st.text("<>ab/ \"'=!-&;\n", max_size=60))
def test_any_text_can_be_read_as_html(text: str) -> None:
    read = text_of_html(text)
    assert read == tidy(read)
