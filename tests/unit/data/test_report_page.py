import pytest

from luthier.data.report_page import data_view, summarise, write_data_report
from tests.data_reports import ATTACKS, data_report

COUNTS = {"train": {"ham": 700, "spam": 150}, "test": {"spam": 40, "ham": 110}}


@pytest.fixture
def report():
    return data_report(COUNTS, 1000, labelled=True)


def test_labels_come_by_falling_frequency(report):
    rows = data_view(report).label_rows
    assert [(row.label, row.counts, row.share) for row in rows] == [
        ("ham", [700, 110], 0.81),
        ("spam", [150, 40], 0.19),
    ]


def test_a_summary_tells_rows_steps_labels_lengths_and_warnings(report):
    assert summarise(report) == [
        "1,000 rows: 850 train, 150 test.",
        "fix_encoding: 1,120 -> 1,120 rows, 214 changed.",
        "drop_duplicates: 1,120 -> 1,050 rows, 0 changed, dropped: repeats an earlier row 70.",
        (
            "drop_near_duplicates: 1,050 -> 1,000 rows, 0 changed, "
            "dropped: nearly repeats an earlier row 50."
        ),
        "2 labels: ham 81%, spam 19%.",
        (
            "Lengths in tokens: median 113, 95% up to 311, longest 509; "
            "80 rows (8.0%) are cut off at 256 tokens."
        ),
        "Warning: 2 labels are written in more than one way: Spam, spam.",
    ]


def test_a_summary_names_five_labels_at_most(report):
    report["labels"]["counts"] = {"train": {f"label {i}": 10 - i for i in range(8)}}
    assert summarise(report)[4].startswith("8 labels: label 0 19%, ")
    assert summarise(report)[4].endswith(", and 3 more.")


def test_a_page_lists_the_most_frequent_labels_only(report, tmp_path):
    report["labels"]["counts"] = {"train": {f"label {i}": 600 - i for i in range(600)}}
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert "600 labels in the field" in html
    assert "label 499<" in html
    assert "label 500<" not in html
    assert "Only the 500 most frequent labels are listed." in html


def test_a_summary_tells_of_leaks(report):
    report["duplicates"]["across"][0]["exact"] = 12
    assert "train and test share 12 exact and 0 near-duplicates." in summarise(report)


def test_a_summary_of_unlabelled_text_does_without(report):
    lines = summarise(report | {"labels": None, "lengths": None, "steps": [], "warnings": []})
    assert lines == ["1,000 rows: 850 train, 150 test."]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("missing", ["labels", "conflicts", "lengths"])
def test_what_a_report_lacks_the_page_leaves_out(report, missing, language, tmp_path):
    path = write_data_report(report | {missing: None}, tmp_path / "r.html", language=language)
    assert path.read_text("utf-8").endswith("</html>\n")


def test_characters_have_no_limit(report, tmp_path):
    report["lengths"] |= {"unit": "characters", "max_length": None, "truncated": None}
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert "Rows by length in characters" in html
    assert "dashed line marks the limit" not in html


def test_an_empty_dataset_has_a_page(report, tmp_path):
    report |= {"rows": 0, "splits": {"train": {"rows": 0}}, "labels": None, "lengths": None}
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert "0 rows are left after cleaning." in html


def test_faults_come_first(report, tmp_path):
    report["faults"] = ["There is no row of `spam` to train on."]
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert html.index("There is no row of") < html.index(report["warnings"][0])


def test_rows_in_two_splits_raise_an_alarm(report, tmp_path):
    report["duplicates"]["across"][0]["near"] = 3
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert "Some rows stand in more than one split" in html


def test_long_texts_are_folded_and_their_end_is_counted(report, tmp_path):
    report["steps"][0]["examples"] = [{"before": "word " * 2000, "after": None}]
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert "5,000 more characters." in html


@pytest.mark.parametrize("attack", ATTACKS[:5])
def test_text_from_data_is_escaped(attack, report, tmp_path):
    report |= {"recognised": attack, "warnings": [attack], "source": [attack]}
    report["labels"]["counts"] = {attack: {attack: 3}}
    report["steps"][0] |= {"name": attack, "dropped": {attack: 1}, "notes": {attack: 1}}
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert attack not in html or "<" not in attack
    assert "49" not in html.partition("</style>")[2].partition("<h2>")[0]


def test_the_funnel_goes_from_collected_rows_to_those_that_were_added(report):
    report["augment"] = [{"name": "swap_words", "chosen": 5, "added": 120}]
    funnel = data_view(report).funnel
    assert [(piece.name, piece.rows, piece.change) for piece in funnel] == [
        (None, 1120, 0),
        ("fix_encoding", 1120, 0),
        ("drop_duplicates", 1050, -70),
        ("drop_near_duplicates", 1000, -50),
        ("swap_words", 1120, 120),
    ]
    assert (funnel[2].before, funnel[2].after) == (1.0, 1050 / 1120)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("missing", ["personal", "groups", "quality", "topics"])
def test_what_nobody_looked_for_the_page_does_without(report, missing, language, tmp_path):
    path = write_data_report(report | {missing: None}, tmp_path / "r.html", language=language)
    assert path.read_text("utf-8").endswith("</html>\n")


def test_where_languages_were_not_told_the_page_says_how_to(report, tmp_path):
    sentence = "keep_language needs `x`: pip install 'luthier[clean]'"
    report["languages"] = {"rows": 0, "counts": {}, "missing": sentence}
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert "pip install &#39;luthier[clean]&#39;" in html


@pytest.mark.parametrize("attack", ATTACKS[:5])
def test_texts_of_rows_are_escaped(attack, report, tmp_path):
    report["samples"][0] = {"label": attack, "texts": [{"characters": 9, "text": attack}]}
    report["groups"]["largest"][0] |= {"labels": {attack: 1}, "texts": [attack]}
    topics = report["topics"]
    topics["labels"] = [attack]
    topics["points"][0] |= {"text": attack, "label": attack}
    topics["clusters"][0] |= {"name": attack, "typical": [attack], "labels": {attack: 1}}
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert attack not in html or "<" not in attack


def test_every_point_of_the_map_leads_to_its_text(report, tmp_path):
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    points = len(report["topics"]["points"])
    assert all(html.count(f'href="#p{n}"') == 1 for n in range(1, points + 1))
    assert all(html.count(f'id="p{n}"') == 1 for n in range(1, points + 1))


def test_a_source_of_unknown_licence_is_called_so(report, tmp_path):
    html = write_data_report(report, tmp_path / "r.html", language="en").read_text("utf-8")
    assert "unknown: ask who owns it" in html
    assert "PDDL-1.0" in html
