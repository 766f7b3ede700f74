from pathlib import Path

from luthier.models.catalog.minilm import Minilm
from tests.packages import files_below


def test_the_model_folder_of_the_package_is_the_model(tmp_path: Path) -> None:
    unpacked, output = tmp_path / "unpacked", tmp_path / "output"
    output.mkdir()
    for member in Minilm.package.members:
        (unpacked / member).parent.mkdir(parents=True, exist_ok=True)
        (unpacked / member).write_text(member)
    Minilm().convert(unpacked, output)
    assert sorted(files_below(output)) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
