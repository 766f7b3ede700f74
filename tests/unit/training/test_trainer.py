from pathlib import Path

import pytest
import torch
from transformers import Trainer as TheirTrainer
from transformers import TrainingArguments

from luthier.core.errors import UserError
from tests.loops import losses, make_model, make_trainer, read_mails

ROWS = 96


def test_the_loss_falls(tiny_bert: Path, mails: Path, tmp_path: Path) -> None:
    rows = read_mails(mails)[:ROWS]
    trainer = make_trainer(make_model(tiny_bert, rows), rows, tmp_path, num_epochs=12)
    trainer.fit()
    seen = losses(trainer)
    assert sum(seen[-6:]) / 6 < 0.5 * sum(seen[:6]) / 6


def test_losses_agree_with_transformers_trainer_step_by_step(
    tiny_bert: Path, mails: Path, tmp_path: Path
) -> None:
    """The same batches, no dropout, the same AdamW, warm-up and clipping: 1e-5 in fp32."""
    rows = read_mails(mails)[:ROWS]
    ours = make_trainer(make_model(tiny_bert, rows, dropout=0.0), rows, tmp_path / "ours")
    ours.fit()

    theirs = make_trainer(make_model(tiny_bert, rows, dropout=0.0), rows, tmp_path / "plan")
    order = [int(i) for epoch in range(2) for b in theirs.plan.batches(epoch) for i in b]
    collate, encoded, padding = (
        theirs.parts.task.collate,
        theirs.parts.train,
        theirs.parts.padding,
    )
    arguments = TrainingArguments(
        output_dir=str(tmp_path / "theirs"),
        per_device_train_batch_size=16,
        num_train_epochs=1,
        learning_rate=1e-3,
        weight_decay=0.01,
        warmup_steps=2,
        max_grad_norm=1.0,
        logging_steps=1,
        train_sampling_strategy="sequential",
        use_cpu=True,
        remove_unused_columns=False,
        disable_tqdm=True,
        save_strategy="no",
    )
    trainer = TheirTrainer(
        model=theirs.parts.model,
        args=arguments,
        train_dataset=order,
        data_collator=lambda batch: collate(encoded, torch.tensor(batch).numpy(), padding),
    )
    trainer.train()
    reference = [line["loss"] for line in trainer.state.log_history if "loss" in line]
    assert len(reference) == len(losses(ours)) == 12
    assert losses(ours) == pytest.approx(reference, abs=1e-5)


def test_each_step_changes_only_what_moves(tiny_bert: Path, mails: Path, tmp_path: Path) -> None:
    from luthier.core.config import MENUS

    rows = read_mails(mails)[:32]
    model = make_model(tiny_bert, rows)
    MENUS["adapter"].build({"top_layers": {"count": 1}}).apply(model.network, seed=0)
    before = {name: p.detach().clone() for name, p in model.network.named_parameters()}
    make_trainer(model, rows, tmp_path).fit()
    changed = {n for n, p in model.network.named_parameters() if not torch.equal(p, before[n])}
    moving = {n for n, p in model.network.named_parameters() if p.requires_grad}
    assert changed == moving


def test_a_loss_that_is_no_number_stops_the_run_with_a_sentence(
    tiny_bert: Path, mails: Path, tmp_path: Path
) -> None:
    rows = read_mails(mails)[:32]
    trainer = make_trainer(make_model(tiny_bert, rows), rows, tmp_path)
    with torch.no_grad():
        next(trainer.parts.model.parameters()).fill_(float("nan"))
    with pytest.raises(UserError, match=r"no number any more at step 1\. Lower"):
        trainer.fit()


def test_max_steps_ends_the_run(tiny_bert: Path, mails: Path, tmp_path: Path) -> None:
    rows = read_mails(mails)[:ROWS]
    trainer = make_trainer(make_model(tiny_bert, rows), rows, tmp_path, max_steps=5)
    trainer.fit()
    assert len(losses(trainer)) == 5
