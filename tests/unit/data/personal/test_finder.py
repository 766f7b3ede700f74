"""Which values are personal data, and which only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.planted_personal_data import samples
from luthier.core.errors import UserError
from luthier.data.personal.finder import KINDS, Finder, Kind

FINDER = Finder(KINDS, ("CN", "US"))

VALUES: list[tuple[Kind, str, str]] = [
    ("email", "邮箱zhangsan@qq.com发给我", "zhangsan@qq.com"),
    ("email", "<J.Müller+a@Uni-Köln.DE>.", "J.Müller+a@Uni-Köln.DE"),
    ("email", "ｚｈａｎｇ＠ｑｑ．ｃｏｍ", "ｚｈａｎｇ＠ｑｑ．ｃｏｍ"),
    ("email", "bob [at] example [dot] com", "bob [at] example [dot] com"),
    ("phone", "手机13912345678，", "13912345678"),
    ("phone", "(+86) 139-1234-5678", "(+86) 139-1234-5678"),
    ("phone", "１３９１２３４５６７８", "１３９１２３４５６７８"),
    ("phone", "座机010-62345678转8001", "010-62345678转8001"),
    ("phone", "call 2125550123 now", "2125550123"),
    ("phone", "(212) 555-0123", "(212) 555-0123"),
    ("phone", "+49 30 123456", "+49 30 123456"),
    ("phone", "Phone No. 13912345678", "13912345678"),
    ("id_card", "身份证11010519491231002X", "11010519491231002X"),
    ("id_card", "440308 19990101 0012", "440308 19990101 0012"),
    ("bank_card", "卡号4111 1111 1111 1111。", "4111 1111 1111 1111"),
    ("bank_card", "378282246310005", "378282246310005"),
    ("iban", "DE89 3704 0044 0532 0130 00 BIC X", "DE89 3704 0044 0532 0130 00"),
    ("iban", "gb82west12345698765432", "gb82west12345698765432"),
    ("ip_address", "来自8.8.8.8的", "8.8.8.8"),
    ("ip_address", "[2001:4860:4860::8888]:80", "2001:4860:4860::8888"),
    ("user_url", "https://bob:secret@host/x", "bob:secret"),
    ("user_url", "https://github.com/somebody/code", "somebody"),
    ("user_url", "www.zhihu.com/people/foo-bar", "foo-bar"),
]

DECOYS = [
    *(
        "icon@2x.png",
        "lodash@4.17.21",
        "git@github.com:a/b.git",
        "@someone",
        "a@localhost",
        "a @ b",
    ),
    *("订单号13912345678", "order 4111111111111111", "4111111111111112", "1234567812345678"),
    *("11010519491231002Y", "110105194912310021", "DE88370400440532013000", "GB82 WEST 1234"),
    *("version 1.2.3.4", "v10.2.3.4", "192.168.1.1", "127.0.0.1", "1.2.3.4.5", "8.8.8.256"),
    *("Chrome/98.0.47.10", "12:30:45", "std::cout", "fe80::1", "2024-01-02 13:00", "20240102"),
    *("1999-2003", "3.14159265358", "1700000000", "ISBN 978-7-111-54742-6", "7-111-12345-6"),
    *("1,234,567,890", "100 200 3000", "2125550123", "SN13912345678", "https://x.com/search?q=1"),
    *("sha 13912345678abcdef", "id=13912345678", "39.9042123, 116.4074123", "0000000000000000"),
]


def found(text: str) -> list[tuple[Kind, str]]:
    return [(value.kind, text[value.start : value.end]) for value in FINDER.find(text)]


@pytest.mark.parametrize("kind, text, value", VALUES)
def test_a_value_is_found_with_its_bounds(kind: Kind, text: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize("text", DECOYS)
def test_what_only_looks_like_a_value_is_none(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text, value",
    [
        ("１３９－１２３４－５６７８", "+8613912345678"),
        ("0086 13912345678", "+8613912345678"),
        ("010-6234 5678", "+861062345678"),
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("4111-1111-1111-1111", "4111111111111111"),
        ("J.Smith@QQ.com", "j.smith@qq.com"),
        ("11010519491231002x", "11010519491231002X"),
        ("2001:4860:4860:0::8888", "2001:4860:4860::8888"),
    ],
)
def test_all_ways_to_write_a_value_have_one_form(text: str, value: str) -> None:
    assert [each.value for each in FINDER.find(text)] == [value]


@pytest.mark.parametrize("sign", [" ", "/", "、", ",", ", ", "\n"])
def test_two_mobile_numbers_in_a_list_are_both_found(sign: str) -> None:
    assert len(found(f"13912345678{sign}13800138000")) == 2


def test_planted_values_are_found_and_decoys_are_not() -> None:
    planted = right = wrong = 0
    for sample in samples(1200, seed=11):
        values = FINDER.find(sample.text)
        spans = [(kind, start, end) for kind, start, end in sample.values]
        planted += len(spans)
        for kind, start, end in spans:
            right += any(v.kind == kind and v.start <= start and v.end >= end for v in values)
        wrong += sum(
            not any(v.start < end and v.end > start for _, start, end in spans) for v in values
        )
    assert (right / planted, wrong / planted) == (1.0, 0.0)


def test_only_the_kinds_asked_for_are_found() -> None:
    finder = Finder(("email",), ())
    assert [value.kind for value in finder.find("13912345678 a@b.com")] == ["email"]


def test_numbers_are_read_by_the_plans_of_the_regions() -> None:
    assert not found("030-9018201")
    german = Finder(("phone",), ("DE",)).find("030-9018201")
    assert [value.value for value in german] == ["+49309018201"]


def test_an_unknown_region_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UserError, match="no region `UK`"):
        Finder(("phone",), ("UK",))


ALPHABET = "0123456789 .-+()@:/[]aA电话２＠\n"


@given(st.text(ALPHABET, max_size=80))
def test_values_lie_in_order_within_the_text_and_never_overlap(text: str) -> None:
    values = FINDER.find(text)
    ends = [0, *(value.end for value in values)]
    assert all(end <= value.start < value.end for end, value in zip(ends, values, strict=False))
    assert ends[-1] <= len(text)


@pytest.mark.parametrize(
    "text", ["1" * 50_000, "1 " * 20_000, "a@" * 20_000, "1.1." * 9_000, "(0" * 9_000]
)
def test_texts_made_to_be_slow_are_not(text: str) -> None:
    assert len(FINDER.find(text)) < len(text)
