"""Small files in the shape of well-known data sets open with no configuration or one line."""

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from luthier.data.open import read_rows


@dataclass(frozen=True)
class Known:
    """A file of a well-known data set, what a recipe says of it, and what its rows become."""

    name: str
    content: str
    rows: list[dict[str, Any]]
    said: dict[str, Any] = field(default_factory=dict)


def lines(*values: Any) -> str:
    return "".join(f"{json.dumps(value, ensure_ascii=False)}\n" for value in values)


SQUAD_QUESTION = {"id": "1", "question": "Where?", "answers": [{"text": "寺", "answer_start": -1}]}
KNOWN = {
    "banking77": Known(
        "train.csv",
        'text,category\nHi?,card_arrival\n"Card, please.",lost_card\n',
        [
            {"text": "Hi?", "label": "card_arrival"},
            {"text": "Card, please.", "label": "lost_card"},
        ],
    ),
    "goemotions": Known(
        "train.tsv.gz",
        'Is this "it"?\t2\tedgurhb\nYou know!\t0,1\tee84bjg\nSad.\t1\tedcu99z\n',
        [
            {"text": 'Is this "it"?', "label": ["neutral"]},
            {"text": "You know!", "label": ["anger", "joy"]},
            {"text": "Sad.", "label": ["joy"]},
        ],
        {
            "columns": {"text": "1", "label": "2"},
            "format": {"text_label": {"label_separator": ",", "label_names": "labels.txt"}},
        },
    ),
    "wnut17": Known(
        "train.conll",
        "In\tO\nNew\tB-location\n\t\n@paul\tO\n\n",
        [
            {"tokens": ["In", "New"], "tags": ["O", "B-location"]},
            {"tokens": ["@paul"], "tags": ["O"]},
        ],
    ),
    "cmrc2018": Known(
        "trial.json",
        json.dumps({"data": [{"paragraphs": [{"context": "山中", "qas": [SQUAD_QUESTION]}]}]}),
        [
            {
                "context": "山中",
                "question": "Where?",
                "answers": {"text": ["寺"], "answer_start": [-1]},
            }
        ],
    ),
    "tatoeba": Known(
        "en_zh.tsv",
        "Hi.\t嗨。\nHi.\t你好。\n",
        [{"prompt": "Hi.", "completion": "嗨。"}, {"prompt": "Hi.", "completion": "你好。"}],
        {"columns": {"prompt": "1", "completion": "2"}},
    ),
    "csl": Known(
        "title.tsv",
        "to title\t采用参数.\t一种方法\nto title\t目的 观察.\t观察\n",
        [
            {"prompt": "采用参数.", "completion": "一种方法"},
            {"prompt": "目的 观察.", "completion": "观察"},
        ],
        {"columns": {"prompt": "2", "completion": "3"}},
    ),
    "self_instruct": Known(
        "tasks.jsonl",
        lines({"instruction": "Add.", "instances": [{"input": "1, 1", "output": "2"}]}),
        [
            {
                "messages": [
                    {"role": "user", "content": "Add.\n\n1, 1"},
                    {"role": "assistant", "content": "2"},
                ]
            }
        ],
    ),
    "hh_rlhf": Known(
        "test.jsonl.gz",
        lines(
            {
                "chosen": "\n\nHuman: Hi\n\nAssistant: Hello",
                "rejected": "\n\nHuman: Hi\n\nAssistant: No",
            }
        ),
        [
            {
                "prompt": [{"role": "user", "content": "Hi"}],
                "chosen": [{"role": "assistant", "content": "Hello"}],
                "rejected": [{"role": "assistant", "content": "No"}],
            }
        ],
    ),
    "mbpp": Known(
        "mbpp.jsonl",
        lines({"text": "Write f.", "code": "f = 1", "test_list": ["assert f", "assert f == 1"]}),
        [{"prompt": "Write f.", "completion": "f = 1", "tests": "assert f\nassert f == 1"}],
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_well_known_file_opens(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KNOWN[name]
    monkeypatch.chdir(tmp_path)
    Path("labels.txt").write_text("anger\njoy\nneutral\n", "utf-8")
    raw = known.content.encode()
    Path(known.name).write_bytes(gzip.compress(raw) if known.name.endswith(".gz") else raw)
    assert [row.fields for row in read_rows([known.name], **known.said).rows()] == known.rows
