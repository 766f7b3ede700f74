"""The verb `prepare`: collect, clean, split, select and augment rows; refuse what teaches nothing.

The output folder holds manifest.json, a folder of Parquet parts for each split, dropped.parquet,
report.json, report.html and README.md, the data card. It is written whole or not at all. Refused
data leaves the folder too, so that its owner can read the report, but with the faults in its
manifest: `Dataset.open` raises them again.
"""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from luthier.core.config import DataSection, ModelSection
from luthier.core.errors import UserError
from luthier.core.files import new_folder, write_json
from luthier.core.page import Language
from luthier.core.records import Row
from luthier.data.augmenter import Means
from luthier.data.augmenting import Augmenting, augment_report, try_out
from luthier.data.card import write_data_card
from luthier.data.cleaner import Tally
from luthier.data.dataset import Dataset
from luthier.data.duplicates.groups import Groups
from luthier.data.duplicates.repeats import Repeats
from luthier.data.duplicates.shingles import text_of
from luthier.data.lent import Models
from luthier.data.origins import Origin, origins, source_names
from luthier.data.pipeline import Pipeline, step_report
from luthier.data.profile import profile
from luthier.data.quality.lengths import CountTokens
from luthier.data.quality.refusals import refuse
from luthier.data.report_page import write_data_report
from luthier.data.request import Preparation, RecipeOrSources, read_request
from luthier.data.selecting import FIRST_CODE, STEP, Selecting
from luthier.data.selection.pool import DEFAULT_LENGTH, Pool, Rows
from luthier.data.source import OnProgress, unwatched
from luthier.data.split import NAMES, REASONS, TRAIN, VALIDATION, Assignment, Splitter
from luthier.data.storage.columns import Columns
from luthier.data.storage.manifest import DROPPED, NAME, Made, Manifest, Split
from luthier.data.storage.parts import DroppedWriter, SplitWriter
from luthier.data.storage.spool import Spool

REPORT, PAGE, CARD = "report.json", "report.html", "README.md"
_OWN_FILES = {NAME, DROPPED, REPORT, PAGE, *NAMES}
_EVERY = 1000  # rows between two calls of on_progress


def prepare(
    recipe: RecipeOrSources,
    output: Path | str,
    *,
    seed: int | None = None,
    count_tokens: CountTokens | None = None,
    models: Models | None = None,
    check: bool = True,
    language: Language | None = None,
    on_progress: OnProgress | None = None,
) -> Dataset:
    """Make a dataset folder.

    Args:
        recipe: a recipe (path, dict, or read already), a data section, or sources.
        output: the folder to write; an older dataset there is replaced.
        seed: of the split; else the recipe's.
        count_tokens: texts -> number of tokens; without it the report counts characters.
        models: opens the models that other steps ask; this layer loads none itself.
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
            watch = on_progress or unwatched
            means = Means(seed, models)
            work = _Preparing(asked.data, means, folder, Path(scratch), watch)
            manifest = work.run(asked.model)
        limit = asked.model.max_length if asked.model else None
        report = profile(
            Dataset(folder, manifest),
            max_length=limit,
            count_tokens=count_tokens,
            groups=work.groups,
            map_model=asked.run.map_model,
            models=models,
        )
        manifest = manifest.model_copy(update={"refused": report["faults"] if check else []})
        manifest.write(folder / NAME)
        write_json(folder / REPORT, report)
        spoken = language or asked.run.language
        write_data_report(report, folder / PAGE, language=spoken)
        write_data_card(manifest, report, folder / CARD, language=spoken)
    if check:
        refuse(report)
    return Dataset(output, manifest)


def preview(
    recipe: RecipeOrSources,
    on_progress: OnProgress | None = None,
    *,
    models: Models | None = None,
) -> dict[str, Any]:
    """Run all rows through the cleaners, write nothing, and tell what they would do.

    Of augmenters it shows what they make of the first rows, as if all were for training; those that
    ask a model tell what it would cost, and ask nothing.

    Returns:
        `recognised`, `rows` (collected), `steps` and `augment`, as in report.json.
    """
    asked = read_request(recipe)
    data, means = asked.data, Means(asked.run.seed, models)
    pipeline = Pipeline(data.clean, models=models)
    told: list[str] = []
    with TemporaryDirectory() as scratch, Spool(Path(scratch)) as spool:
        done = 0
        for origin in origins(data, on_progress or unwatched):
            cleaned = pipeline.clean(origin.rows, Path(scratch), origin.split)
            for row in cleaned:
                done += 1
                if data.augment:
                    spool.add(row)
                if on_progress is not None and done % _EVERY == 0:
                    on_progress("clean", done, None)
            told += origin.sentences
        rows = lambda: (row.row() for row in spool)  # noqa: E731
        augment = try_out(data.augment, rows, means)
    pipeline.check(done)
    steps = [step_report(tally) for tally in pipeline.tallies]
    return {
        "recognised": " ".join(told),
        "rows": pipeline.rows_in,
        "steps": steps,
        "augment": augment,
    }


class _Preparing:
    """One preparation under way: rows are spooled, compared, and written where they belong."""

    def __init__(
        self, data: DataSection, means: Means, folder: Path, scratch: Path, on_progress: OnProgress
    ):
        self._data, self._means = data, means
        self._folder, self._scratch, self._on_progress = folder, scratch, on_progress
        self._splitter = Splitter(data.split, means.seed)
        self._dropped = DroppedWriter(folder)
        self._pipeline = Pipeline(data.clean, self._dropped.add, means.models)
        self._repeats = Repeats(scratch)
        self._columns = Columns()
        self.groups: Groups | None = None

    def run(self, model: ModelSection | None) -> Manifest:
        selecting = Selecting(self._data.select)
        augmenting = Augmenting(self._data.augment, self._means, self._scratch)
        sources = origins(self._data, self._on_progress)
        with Spool(self._scratch) as spool, augmenting:
            for origin in sources:
                self._collect(origin, spool)
            self._check_collected(len(spool))
            self._on_progress("compare", 0, len(spool))
            self._repeats.find()
            assignment = self._splitter.settle(self._repeats)
            self._select(selecting, spool, assignment, model)
            self._augment(augmenting, spool, assignment)
            splits, tallies = self._write(spool, assignment, selecting, augmenting)
        steps = [step_report(done) for done in [*self._pipeline.tallies, *tallies]]
        numbers = {name: NAMES.index(name) for name in splits}
        self.groups = Groups.gather(self._repeats, assignment.codes, numbers)
        return Manifest(
            made=Made(
                sources=source_names(self._data),
                recognised=" ".join(s for origin in sources for s in origin.sentences),
                data=Preparation(data=self._data).resolved()["data"],
                seed=self._means.seed,
                rows=self._pipeline.rows_in,
                steps=steps,
                augment=[augment_report(tally) for tally in augmenting.tallies],
            ),
            fields=self._columns.kinds,
            splits=splits,
            dropped=self._dropped.close(),
            duplicates=self._repeats.count(assignment.codes, numbers),
        )

    def _collect(self, origin: Origin, spool: Spool) -> None:
        for row in self._pipeline.clean(origin.rows, self._scratch, origin.split):
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

    def _select(
        self,
        selecting: Selecting,
        spool: Spool,
        assignment: Assignment,
        model: ModelSection | None,
    ) -> None:
        """Take the rows that no selector wants out of the training split."""
        if not self._data.select:
            return
        codes = memoryview(assignment.codes.data)
        places = np.flatnonzero(assignment.codes == TRAIN)
        pool = Pool(
            _rows_of(spool, codes, TRAIN),
            len(places),
            _rows_of(spool, codes, VALIDATION),
            self._means,
            self._scratch,
            model.base if model else None,
            model.max_length if model else DEFAULT_LENGTH,
            self._on_progress,
        )
        assignment.codes[places] = selecting.codes(pool)

    def _augment(self, augmenting: Augmenting, spool: Spool, assignment: Assignment) -> None:
        """Let the augmenters work on the training rows, and settle what stays of their work."""
        if not self._data.augment:
            return
        codes = memoryview(assignment.codes.data)
        train = lambda: (  # noqa: E731
            row.row() for row, code in zip(spool, codes, strict=True) if code == TRAIN
        )
        watch = lambda made: self._on_progress("augment", made, None)  # noqa: E731
        for row in augmenting.make(train, watch):
            self._columns.learn(row.fields)
        held_out = (
            text_of(row.fields) for row, code in zip(spool, codes, strict=True) if code > TRAIN
        )
        augmenting.compare(self._repeats.texts, held_out)

    def _write(
        self,
        spool: Spool,
        assignment: Assignment,
        selecting: Selecting,
        augmenting: Augmenting,
    ) -> tuple[dict[str, Split], list[Tally]]:
        names = self._splitter.names
        writers = {name: SplitWriter(self._folder / name, self._columns) for name in names}
        split, select = (
            Tally(step, on_drop=partial(_drop_by, self._dropped, step)) for step in ("split", STEP)
        )
        total = split.rows_in = len(spool)
        codes, causes = memoryview(assignment.codes.data), assignment.causes
        for number, (row, code) in enumerate(zip(spool, codes, strict=True)):
            if code >= 0:
                writers[NAMES[code]].add(row.id, row.derived_from, row.fields, row.weight)
            elif code <= FIRST_CODE:
                select.drop(row.row(), selecting.reason(code))
            else:
                split.drop(row.row(), REASONS[code], spool.id(int(causes[number])))
            if number % _EVERY == 0:
                self._on_progress("write", number, total)
        for row in augmenting.rows():
            writers["train"].add(row.id, row.derived_from, row.fields, row.weight)
        select.rows_in = split.rows_out
        tallies = [split, select] if self._data.select else [split]
        return {name: writer.close() for name, writer in writers.items()}, tallies


def _rows_of(spool: Spool, codes: memoryview, split: int) -> Rows:
    """Opens the rows of a split anew, each time as the codes are then."""
    return lambda: (row.row() for row, code in zip(spool, codes, strict=True) if code == split)


def _drop_by(
    dropped: DroppedWriter, step: str, row: Row, reason: str, because_of: str | None
) -> None:
    dropped.add(row, step, reason, because_of)


def _leave_others_alone(output: Path) -> None:
    """Refuse to replace a folder that is not, or not only, a dataset."""
    if output.is_dir():
        # People keep a README.md too: it is ours where a dataset is.
        own = _OWN_FILES | {CARD} if (output / NAME).is_file() else _OWN_FILES
        others = sorted(file.name for file in output.iterdir() if file.name not in own)
        if others:
            raise UserError(
                f"{output}: holds files that are not a dataset's, such as {others[0]}. "
                "Choose another folder."
            )
    elif output.exists():
        raise UserError(f"{output}: a file stands there. Choose another folder.")
