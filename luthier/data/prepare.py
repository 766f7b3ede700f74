"""The verb `prepare`: collect, clean and split rows, look at them, and refuse what teaches nothing.

The output folder holds manifest.json, a folder of Parquet parts for each split, dropped.parquet,
report.json and report.html. It is written whole or not at all. Refused data leaves the folder too,
so that its owner can read the report, but with the faults in its manifest: `Dataset.open` raises
them again.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from luthier.core.config import DataSection
from luthier.core.errors import UserError
from luthier.core.files import new_folder, write_json
from luthier.core.page import Language
from luthier.core.records import Row
from luthier.data.cleaner import Tally
from luthier.data.dataset import Dataset
from luthier.data.duplicates.repeats import Repeats
from luthier.data.duplicates.shingles import text_of
from luthier.data.origins import Origin, origins, source_names
from luthier.data.pipeline import Pipeline, step_report
from luthier.data.profile import profile
from luthier.data.quality.lengths import CountTokens
from luthier.data.quality.refusals import refuse
from luthier.data.report_page import write_data_report
from luthier.data.request import Preparation, RecipeOrSources, read_request
from luthier.data.split import NAMES, REASONS, Assignment, Splitter
from luthier.data.storage.columns import Columns
from luthier.data.storage.manifest import DROPPED, NAME, Made, Manifest, Split
from luthier.data.storage.parts import DroppedWriter, SplitWriter
from luthier.data.storage.spool import Spool

OnProgress = Callable[[str, int, int | None], None]
"""Told from time to time: what is being done, rows done, rows in all (None: not known yet)."""

REPORT, PAGE = "report.json", "report.html"
_OWN_FILES = {NAME, DROPPED, REPORT, PAGE, *NAMES}
_EVERY = 1000  # rows between two calls of on_progress


def prepare(
    recipe: RecipeOrSources,
    output: Path | str,
    *,
    seed: int | None = None,
    max_length: int | None = None,
    count_tokens: CountTokens | None = None,
    check: bool = True,
    language: Language | None = None,
    on_progress: OnProgress | None = None,
) -> Dataset:
    """Make a dataset folder.

    Args:
        recipe: a recipe (path, dict, or read already), a data section, or sources.
        output: the folder to write; an older dataset there is replaced.
        seed: of the split; else the recipe's.
        max_length: tokens a row may have, for the report; else the recipe's.
        count_tokens: texts -> number of tokens; without it the report counts characters.
        check: refuse data with faults; else they are only reported.
        language: of report.html; else the recipe's.
        on_progress: called about every thousand rows.

    Raises:
        UserError: a mistake in the recipe, a source that cannot be read, an output folder that
            holds other files.
        DataRefused: the data cannot be trained on; the report in the folder says why.
    """
    asked, output = read_request(recipe), Path(output)
    _leave_others_alone(output)
    with new_folder(output) as folder:
        with TemporaryDirectory(dir=folder) as scratch:
            seed = asked.run.seed if seed is None else seed
            watch = on_progress or _silent
            manifest = _Preparing(asked.data, seed, folder, Path(scratch), watch).run()
        limit = asked.model.max_length if max_length is None and asked.model else max_length
        report = profile(Dataset(folder, manifest), max_length=limit, count_tokens=count_tokens)
        manifest = manifest.model_copy(update={"refused": report["faults"] if check else []})
        manifest.write(folder / NAME)
        write_json(folder / REPORT, report)
        write_data_report(report, folder / PAGE, language=language or asked.run.language)
    if check:
        refuse(report)
    return Dataset(output, manifest)


def preview(recipe: RecipeOrSources, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Run all rows through the cleaners, write nothing, and tell what they would do.

    Returns:
        `recognised`, `rows` (collected) and `steps`, as in report.json.
    """
    data = read_request(recipe).data
    pipeline = Pipeline(data.clean)
    told: list[str] = []
    with TemporaryDirectory() as scratch:
        done = 0
        for origin in origins(data):
            told += origin.sentences
            cleaned = pipeline.clean(origin.rows, Path(scratch))
            for _ in cleaned:
                done += 1
                if on_progress is not None and done % _EVERY == 0:
                    on_progress("clean", done, None)
    pipeline.check(done)
    steps = [step_report(tally) for tally in pipeline.tallies]
    return {"recognised": " ".join(told), "rows": pipeline.rows_in, "steps": steps}


class _Preparing:
    """One preparation under way: rows are spooled, compared, and written where they belong."""

    def __init__(
        self, data: DataSection, seed: int, folder: Path, scratch: Path, on_progress: OnProgress
    ):
        self._data, self._seed = data, seed
        self._folder, self._scratch, self._on_progress = folder, scratch, on_progress
        self._splitter = Splitter(data.split, seed)
        self._dropped = DroppedWriter(folder)
        self._pipeline = Pipeline(data.clean, self._dropped.add)
        self._repeats = Repeats(scratch)
        self._columns = Columns()

    def run(self) -> Manifest:
        sources = origins(self._data)
        with Spool(self._scratch) as spool:
            for origin in sources:
                self._collect(origin, spool)
            self._check_collected(len(spool))
            self._on_progress("compare", 0, len(spool))
            self._repeats.find()
            assignment = self._splitter.settle(self._repeats)
            splits, tally = self._write(spool, assignment)
        steps = [step_report(done) for done in [*self._pipeline.tallies, tally]]
        return Manifest(
            made=Made(
                sources=source_names(self._data),
                recognised=" ".join(s for origin in sources for s in origin.sentences),
                data=Preparation(data=self._data).resolved()["data"],
                seed=self._seed,
                rows=self._pipeline.rows_in,
                steps=steps,
            ),
            fields=self._columns.kinds,
            splits=splits,
            dropped=self._dropped.close(),
            duplicates=self._repeats.count(
                assignment.codes, {name: NAMES.index(name) for name in splits}
            ),
        )

    def _collect(self, origin: Origin, spool: Spool) -> None:
        for row in self._pipeline.clean(origin.rows, self._scratch):
            spool.add(row)
            self._columns.learn(row.fields)
            self._repeats.add(text_of(row.fields))
            self._splitter.add(row, origin.split)
            if len(spool) % _EVERY == 0:
                self._on_progress("read", len(spool), None)

    def _check_collected(self, rows: int) -> None:
        self._pipeline.check(rows)
        group = self._data.split.group
        if group is not None and rows and not self._splitter.num_grouped:
            raise UserError(
                f"data.split.group: no row has `{group}`. Name a column of the source, or leave "
                "it out."
            )

    def _write(self, spool: Spool, assignment: Assignment) -> tuple[dict[str, Split], Tally]:
        names = self._splitter.names
        writers = {name: SplitWriter(self._folder / name, self._columns) for name in names}
        tally = Tally("split", on_drop=partial(_drop_by_split, self._dropped))
        total = tally.rows_in = len(spool)
        codes, causes = memoryview(assignment.codes.data), assignment.causes
        for number, (row, code) in enumerate(zip(spool, codes, strict=True)):
            if code >= 0:
                writers[NAMES[code]].add(row.id, row.derived_from, row.fields, row.weight)
            else:
                tally.drop(row.row(), REASONS[code], spool.id(int(causes[number])))
            if number % _EVERY == 0:
                self._on_progress("write", number, total)
        return {name: writer.close() for name, writer in writers.items()}, tally


def _drop_by_split(dropped: DroppedWriter, row: Row, reason: str, because_of: str | None) -> None:
    dropped.add(row, "split", reason, because_of)


def _leave_others_alone(output: Path) -> None:
    """Refuse to replace a folder that is not, or not only, a dataset."""
    if output.is_dir():
        others = sorted(file.name for file in output.iterdir() if file.name not in _OWN_FILES)
        if others:
            raise UserError(
                f"{output}: holds files that are not a dataset's, such as {others[0]}. "
                "Choose another folder."
            )
    elif output.exists():
        raise UserError(f"{output}: a file stands there. Choose another folder.")


def _silent(stage: str, done: int, total: int | None) -> None:
    """Nobody watches."""
