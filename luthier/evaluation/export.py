"""The work of `luthier export`: what a run has trained, to be used without Luthier."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from luthier.core.errors import UserError
from luthier.core.files import new_folder
from luthier.core.runs import Run
from luthier.evaluation.predict import load
from luthier.models.merge import merge
from luthier.models.save import save_model, weight_bytes


@dataclass(frozen=True, slots=True)
class Exported:
    """A folder that was written.

    Attributes:
        path: the folder.
        megabytes: what its weights take on disk.
    """

    path: Path
    megabytes: float


def export(run: Path | str, output: Path, *, merged: bool = False) -> Exported:
    """Write what a run has trained into a folder of its own.

    Args:
        run: a finished run.
        output: a folder that is not there yet, or is empty.
        merged: plain weights that transformers' `AutoModelFor*.from_pretrained` loads; else as the
            run keeps them: an adapter stays an adapter, to be put on its base.

    Raises:
        UserError: no such run, it has no model yet, the output is taken, or its adapter does not
            merge.
    """
    if output.is_file() or (output.is_dir() and any(output.iterdir())):
        raise UserError(f"--output: {output} is there already. Choose a new folder.")
    if merged:
        model = load(run)
        save_model(merge(model.network), model.tokenizer, output)
    else:
        kept = Run.open(Path(run))
        if not kept.model.is_dir():
            raise UserError(
                f"{kept.folder}: has no model yet. Finish it with `luthier train --resume`."
            )
        with new_folder(output) as temporary:
            shutil.copytree(kept.model, temporary, dirs_exist_ok=True)
    return Exported(output, weight_bytes(output) / 1e6)
