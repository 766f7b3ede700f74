"""Words with their places, what is left alone, and edits that move what stands behind."""

from hypothesis import given
from hypothesis import strategies as st

from luthier.data.augmentation.words import joined, moved, replaced, words_of

TEXT = st.text(alphabet="ab 我们银行，。[]<>@e1/{}\n", max_size=60)


def free(text: str) -> list[str]:
    return [word.text for word in words_of(text) if word.is_free]


def test_english_words_have_their_places() -> None:
    words = words_of("Where's my co-worker?")
    assert [(word.text, word.place) for word in words] == [
        ("Where's", (0, 7)),
        ("my", (8, 10)),
        ("co-worker", (11, 20)),
    ]


def test_chinese_is_cut_into_words() -> None:
    words = words_of("我的银行卡 card丢了")
    assert [word.text for word in words] == ["我", "的", "银行卡", "card", "丢", "了"]
    assert words[2].place == (2, 5)


def test_addresses_markup_numbers_and_placeholders_are_left_alone() -> None:
    text = "see https://a.b/c_d or x.y@z.org, @bill #now <b>bold</b> {name} in 2020 at 3pm"
    assert free(text) == ["see", "or", "bold", "in", "at"]


def test_an_address_ends_where_chinese_begins() -> None:
    assert free("见https://a.b/c这里") == ["见", "这里"]


def test_marked_entities_are_left_alone() -> None:
    assert free("the [E1] big bank [/E1] of <e2>York</e2> city") == ["the", "of", "city"]


def test_given_places_are_left_alone() -> None:
    assert [w.is_free for w in words_of("one two three", [(4, 7)])] == [True, False, True]


def test_words_are_replaced_in_their_places() -> None:
    words = words_of("one two, three")
    assert replaced("one two, three", words, {1: ("zwei",)})[0] == "one zwei, three"


def test_a_word_goes_with_a_space() -> None:
    text = "one two, three."
    words = words_of(text)
    assert replaced(text, words, {0: ()})[0] == "two, three."
    assert replaced(text, words, {1: ()})[0] == "one, three."
    assert replaced(text, words, {1: (), 2: ()})[0] == "one,."


def test_inserted_words_have_spaces_where_the_script_has_them() -> None:
    assert replaced("a b", words_of("a b"), {1: ("x", "b")})[0] == "a x b"
    chinese = "银行在哪里"
    assert replaced(chinese, words_of(chinese), {0: ("那", "银行")})[0] == "那银行在哪里"
    assert joined(["card", "卡", "of", "mine"]) == "card卡of mine"


@given(TEXT, st.data())
def test_what_is_left_alone_stands_where_it_moved_to(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, len(text)))
    words = words_of(text, [(at, end)])
    new = {
        number: data.draw(st.sampled_from([("xx",), ("y", word.text), (word.text, "长")]))
        for number, word in enumerate(words)
        if word.is_free and data.draw(st.booleans())
    }
    said, shifts = replaced(text, words, new)
    start = moved(at, shifts)
    assert said[start : start + end - at] == text[at:end]


@given(TEXT)
def test_words_stand_where_they_say(text: str) -> None:
    assert all(text[slice(*word.place)] == word.text for word in words_of(text))


@given(TEXT)
def test_no_change_leaves_the_text(text: str) -> None:
    assert replaced(text, words_of(text), {}) == (text, [])
