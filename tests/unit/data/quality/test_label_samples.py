from luthier.data.quality.label_samples import LABELS, SHOWN, LabelSamples


def test_every_label_has_its_shortest_and_its_longest_row() -> None:
    samples = LabelSamples()
    samples.add(["aaa", "a", "aaaaa", "bb"], ["x", "x", "x", "y"])
    first, second = samples.report(by_label=True)
    sizes = [one["characters"] for one in first["texts"]]
    assert (sizes[0], sizes[-1]) == (1, 5)
    assert second == {"label": "y", "texts": [{"characters": 2, "text": "bb"}]}


def test_the_order_of_rows_does_not_matter() -> None:
    texts = [f"{n} is a text" for n in range(50)]
    one, other = LabelSamples(), LabelSamples()
    one.add(texts, ["x"] * 50)
    other.add(texts[::-1], ["x"] * 50)
    drawn = lambda s: [t for t in s.report(by_label=True)[0]["texts"] if t["characters"] == 12]  # noqa: E731
    assert {str(t) for t in drawn(one)} & {str(t) for t in drawn(other)}


def test_a_row_of_several_labels_is_a_sample_of_each() -> None:
    samples = LabelSamples()
    samples.add(["text"], [["x", "y"]])
    assert [group["label"] for group in samples.report(by_label=True)] == ["x", "y"]


def test_labels_that_are_no_classes_are_taken_together() -> None:
    samples = LabelSamples()
    samples.add(["a", "bbb", "cc"], [0.1, 0.2, 0.3])
    (group,) = samples.report(by_label=False)
    assert group["label"] is None
    assert [one["characters"] for one in group["texts"]][::2] in ([1, 3], [1])


def test_many_labels_and_long_texts_are_cut() -> None:
    samples = LabelSamples()
    samples.add(["a" * 9 * SHOWN] * (LABELS + 5), [str(n) for n in range(LABELS + 5)])
    found = samples.report(by_label=True)
    assert len(found) == LABELS
    assert found[0]["texts"] == [{"characters": 9 * SHOWN, "text": "a" * SHOWN}]
