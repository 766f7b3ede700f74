"""Whatever is wrong outside gets its sentence and its exit code, and never a traceback."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from luthier.cli.main import main
from luthier.core.runs import Run
from tests.mails import write_mails

MISTAKE, REFUSED = 1, 2
Make = Callable[[Path], Path]


def recipe(tmp: Path, source: object, base: object, *lines: str) -> Path:
    path = tmp / "recipe.yaml"
    path.write_text(
        f"task: text_classification\ndata: {{source: {json.dumps(str(source))}}}\n"
        f"model: {{base: {base}, max_length: 32}}\nadapter: head\n"
        f"training: {{num_epochs: 1, save_every: 2}}\nrun: {{folder: {tmp / 'run'}}}\n"
        + "".join(f"{line}\n" for line in lines),
        "utf-8",
    )
    return path


def said(capsys: pytest.CaptureFixture[str]) -> str:
    err = capsys.readouterr().err
    assert "Traceback" not in err
    return " ".join(err.split())


def wrote(name: str, content: bytes | str) -> Make:
    def make(tmp: Path) -> Path:
        path = tmp / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def empty_folder(tmp: Path) -> Path:
    (tmp / "nothing").mkdir()
    return tmp / "nothing"


def one_long_line(tmp: Path) -> Path:
    path = tmp / "long.jsonl"
    with path.open("wb") as file:
        file.write(b'{"label": "spam", "text": "')
        for _ in range(200):
            file.write(b"x" * 2**20)
        file.write(b'"}\n')
    return path


def mails_with(change: Callable[[list[str]], list[str]]) -> Make:
    def make(tmp: Path) -> Path:
        path = write_mails(tmp / "mails.csv", 60)
        lines = change(path.read_text("utf-8").splitlines())
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return make


SOURCES: dict[str, tuple[Make, int, str]] = {
    "missing file": (lambda tmp: tmp / "none.csv", MISTAKE, "none.csv"),
    "folder without rows": (empty_folder, MISTAKE, "nothing"),
    "empty file": (wrote("empty.csv", ""), MISTAKE, "empty.csv"),
    "header only": (wrote("head.csv", "text,label\n"), MISTAKE, "holds no rows"),
    "binary file": (
        wrote("image.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 50),
        MISTAKE,
        "image.csv",
    ),
    "200 MB line": (one_long_line, MISTAKE, "long.jsonl"),
    "ragged rows": (mails_with(lambda rows: [*rows, "a,spam,more,cells"]), MISTAKE, "mails.csv:62"),
    "no label column": (
        wrote("a.csv", "text,when\nhello,now\nbye,then\n"),
        MISTAKE,
        "needs `text` and `label`",
    ),
    "broken json": (
        wrote("a.jsonl", '{"text": "a", "label": "b"}\n{"text": '),
        MISTAKE,
        "a.jsonl:2",
    ),
    "cut gzip": (wrote("a.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0"), MISTAKE, "a.csv.gz"),
    "empty label": (mails_with(lambda rows: [*rows, "a text without,"]), MISTAKE, "mails.csv:62"),
    "nan label": (
        wrote("nan.jsonl", '{"text": "a", "label": "b"}\n{"text": "c", "label": NaN}\n'),
        MISTAKE,
        "nan.jsonl:2",
    ),
    "one class only": (
        mails_with(lambda rows: [row.replace(",ham", ",spam") for row in rows]),
        REFUSED,
        "spam",
    ),
}


@pytest.mark.parametrize("name", SOURCES)
def test_bad_rows_get_a_sentence(
    name: str, tmp_path: Path, tiny_bert: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, code, hint = SOURCES[name]
    path = recipe(tmp_path, make(tmp_path), tiny_bert)
    assert main(["train", str(path)]) == code
    assert hint in said(capsys)


def test_broken_utf8_is_repaired_and_counted(
    tmp_path: Path, tiny_bert: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mails = write_mails(tmp_path / "mails.csv", 60)
    mails.write_bytes(mails.read_bytes() + "café crème brûlée naïve,ham\n".encode("latin-1"))
    clean = ["--set", "data.clean=[fix_encoding]"]
    assert main(["train", str(recipe(tmp_path, mails, tiny_bert)), *clean]) == 0
    report = json.loads((tmp_path / "run/data/report.json").read_text("utf-8"))
    assert report["steps"][0]["changed"] == 1


RECIPES = {
    "unknown key": ("modle: {}", "Did you mean `model`?"),
    "unknown option": ("adaptor: head", "Did you mean `adapter`?"),
    "wrong type": ("training: {batch_size: many}", "training.batch_size"),
    "unknown choice": ("task: text_clasification", "Did you mean `text_classification`?"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_bad_recipes_get_a_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line, hint = RECIPES[name]
    path = tmp_path / "recipe.yaml"
    keys = {"task": "text_classification", "data": "{source: a.csv}", "model": "{base: b}"}
    keys[line.partition(":")[0]] = line.partition(": ")[2]
    path.write_text("".join(f"{key}: {value}\n" for key, value in keys.items()))
    assert main(["train", str(path)]) == MISTAKE
    assert hint in said(capsys)


def without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")


def cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:5000])


MODELS: dict[str, tuple[Callable[[Path], None], str]] = {
    "no folder": (shutil.rmtree, "is not a folder"),
    "no config": (lambda folder: (folder / "config.json").unlink(), "has no config.json"),
    "no weights": (without_weights, "holds no weights"),
    "pickled weights only": (pickled, "can run code when it is read"),
    "weights cut short": (cut_weights, "damaged"),
}


@pytest.mark.parametrize("name", MODELS)
def test_bad_models_get_a_sentence(
    name: str,
    tmp_path: Path,
    tiny_bert: Path,
    mails: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil, hint = MODELS[name]
    folder = shutil.copytree(tiny_bert, tmp_path / "bert")
    spoil(folder)
    assert main(["train", str(recipe(tmp_path, mails, folder))]) == MISTAKE
    assert hint in said(capsys)


def test_a_max_length_beyond_the_model_gets_a_sentence(
    tmp_path: Path, tiny_bert: Path, mails: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recipe(tmp_path, mails, tiny_bert)
    assert main(["train", str(path), "--set", "model.max_length=4096"]) == MISTAKE
    assert "model.max_length: 4096, but the model takes 64 tokens" in said(capsys)


def test_too_many_top_layers_get_a_sentence(
    tmp_path: Path, tiny_bert: Path, mails: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recipe(tmp_path, mails, tiny_bert)
    assert main(["train", str(path), "--set", "adapter={top_layers: {count: 9}}"]) == MISTAKE
    assert "the model has 3 layers" in said(capsys)


def test_a_checkpoint_cut_short_gets_a_sentence(
    tmp_path: Path, tiny_bert: Path, mails: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recipe(tmp_path, mails, tiny_bert)
    assert main(["train", str(path)]) == 0
    run = Run(tmp_path / "run")
    run.card.unlink()  # as if it had been killed before it was done
    newest = max(run.checkpoints.glob("step-*"), key=lambda p: int(p.name.partition("-")[2]))
    weights = newest / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    assert main(["train", str(path), "--resume"]) == MISTAKE
    assert "cut short" in said(capsys)


def test_a_cache_that_may_not_be_written_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "file"))
    path = recipe(tmp_path, "catalog:spam-mail", "catalog:minilm")
    assert main(["train", str(path)]) == MISTAKE
    assert "file" in said(capsys)


def test_a_full_disk_gets_a_sentence_and_keeps_what_was_there(
    tmp_path: Path, tiny_bert: Path, mails: Path
) -> None:
    """A file system of 600 kB, mounted in a namespace of its own."""
    small = tmp_path / "small"
    small.mkdir()
    path = recipe(tmp_path, mails, tiny_bert)
    train = (
        f"mount -t tmpfs -o size=600k tmpfs {small} && "
        f"{sys.executable} -m luthier train {path} --set run.folder={small}/run "
        "--set adapter=full; "
        f"code=$?; test -f {small}/run/recipe.yaml || code=99; exit $code"
    )
    unshare = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*unshare, "true"], check=False).returncode
    ):
        pytest.skip("this system lets nobody mount a small disk; try as root")
    found = subprocess.run([*unshare, train], capture_output=True, text=True, check=False)
    assert found.returncode == MISTAKE, found.stderr
    assert "the disk is full" in " ".join(found.stderr.split())


def test_a_mistake_leaves_nothing_in_the_way_of_the_next_try(
    tmp_path: Path, tiny_bert: Path, mails: Path
) -> None:
    assert main(["train", str(recipe(tmp_path, tmp_path / "none.csv", tiny_bert))]) == MISTAKE
    assert not (tmp_path / "run").exists()
    assert main(["train", str(recipe(tmp_path, mails, tiny_bert))]) == 0


def test_refused_data_leaves_its_report_and_the_way_free(
    tmp_path: Path, tiny_bert: Path, mails: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_class = SOURCES["one class only"][0](tmp_path)
    assert main(["train", str(recipe(tmp_path, one_class, tiny_bert))]) == REFUSED
    assert "report.html" in said(capsys)
    assert (tmp_path / "run/data/report.html").exists()
    assert main(["train", str(recipe(tmp_path, mails, tiny_bert))]) == 0
