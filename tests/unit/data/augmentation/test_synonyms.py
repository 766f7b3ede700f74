"""Synonyms from WordNet's files, from nltk's zip of them, and from tables."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from luthier.core.errors import UserError
from luthier.data.augmentation.synonyms import WordNet, find_wordnet, read_table

LICENCE = "  1 This software and database is being provided to you.\n"


def write_wordnet(folder: Path) -> Path:
    """A WordNet of one noun in two senses, one verb and one adjective."""
    folder.mkdir(parents=True)
    data = {
        "noun": [
            "{} 14 n 02 bank 0 depository_financial_institution 0 000 | where money lies",
            "{} 17 n 02 bank 0 shore 0 000 | where water ends",
        ],
        "verb": ["{} 40 v 02 bank 0 trust 0 000 | to rely"],
        "adj": ["{} 00 s 02 big(p) 0 large 0 000 | of size"],
        "adv": [],
    }
    for part, lines in data.items():
        text, offsets = LICENCE, []
        for line in lines:
            offsets.append(f"{len(text):08}")
            text += line.format(offsets[-1]) + "\n"
        (folder / f"data.{part}").write_text(text, "utf-8")
        index = {
            "noun": f"bank n 2 1 @ 2 2 {' '.join(offsets)}  \n",
            "verb": f"bank v 1 0 1 0 {' '.join(offsets)}  \nin v 1 0 1 0 {' '.join(offsets)}  \n",
            "adj": f"big a 1 0 1 1 {' '.join(offsets)}  \n",
            "adv": "",
        }
        (folder / f"index.{part}").write_text(LICENCE + index[part], "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_wordnet(tmp_path / "corpora" / "wordnet")


def test_the_most_frequent_sense_of_the_most_frequent_part_of_speech_counts(folder: Path) -> None:
    assert WordNet(folder, senses=1).of("bank") == ["depository financial institution"]


def test_more_senses_may_count(folder: Path) -> None:
    assert WordNet(folder, senses=2).of("bank")[-1] == "shore"


def test_a_capital_stays_one(folder: Path) -> None:
    assert WordNet(folder, senses=1).of("Bank") == ["Depository financial institution"]


def test_where_an_adjective_may_stand_is_no_part_of_it(folder: Path) -> None:
    assert WordNet(folder).of("large") == []
    assert WordNet(folder).of("big") == ["large"]


def test_words_of_grammar_have_no_synonyms(folder: Path) -> None:
    assert WordNet(folder).of("in") == []


def test_wordnet_is_found_where_nltk_puts_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    find_wordnet.cache_clear()
    assert find_wordnet(1).of("big") == ["large"]


def test_nltks_zip_is_read_as_it_is(folder: Path, tmp_path: Path) -> None:
    packed = tmp_path / "wordnet.zip"
    with ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"wordnet/{file.name}")
    assert find_wordnet(1, str(packed)).of("big") == ["large"]


def test_a_machine_without_wordnet_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("luthier.data.augmentation.synonyms._SYSTEM", ())
    find_wordnet.cache_clear()
    with pytest.raises(UserError, match="apt install wordnet-base"):
        find_wordnet(1)


def test_a_folder_without_wordnet_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no WordNet"):
        find_wordnet(1, str(tmp_path))


def test_a_file_that_is_missing_is_told(folder: Path) -> None:
    (folder / "data.verb").unlink()
    with pytest.raises(UserError, match=r"data\.verb"):
        WordNet(folder)


def test_a_table_has_a_group_a_line(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("big large\thuge\n\n银行，钱庄\nalone\n", "utf-8")
    table = read_table(path)
    assert table.of("Large") == ["big", "huge"]
    assert table.of("银行") == ["钱庄"]
    assert len(table) == 2


def test_of_cilin_only_equal_groups_count(tmp_path: Path) -> None:
    path = tmp_path / "cilin.txt"
    path.write_text("Aa01A01= 人 士 人物\nAa01A02# 人类 生人\nAa01A03@ 手\n", "utf-8")
    table = read_table(path)
    assert table.of("人") == ["士", "人物"]
    assert table.of("人类") == []


def test_open_multilingual_wordnets_lines_are_grouped_by_synset(tmp_path: Path) -> None:
    path = tmp_path / "wn-data-cmn.tab"
    path.write_text(
        "# Chinese Open Wordnet\tcmn\thttp://x\tWordNet\n"
        "00001740-a\tcmn:lemma\t有能力+的\n00001740-a\tcmn:lemma\t能干\n"
        "00002098-a\tcmn:lemma\t无能\n",
        "utf-8",
    )
    assert read_table(path).of("能干") == ["有能力的"]


@pytest.mark.parametrize(
    ("content", "told"), [(b"\xff\xfe", "not in UTF-8"), (b"one\ntwo\n", "no line has two words")]
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "table.txt"
    path.write_bytes(content)
    with pytest.raises(UserError, match=told):
        read_table(path)


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_table(tmp_path / "none.txt")
