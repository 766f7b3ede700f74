"""What was measured, as a Markdown table for people."""

from collections.abc import Mapping, Sequence
from typing import Any

Tallied = Mapping[str, Any]
"""An item as `__main__.tallied` gives it."""

_HEAD = (
    "contender", "rows/s", "tokens/s", "supervised tokens/s", "training s", "process s",
    "peak GB", "share of bf16", "metric (range; interval)", "Luthier's speed", "Luthier's memory",
    "seconds to the target",
)  # fmt: skip


def markdown(items: Sequence[Tallied]) -> str:
    """All items, each as a table, with its goals below."""
    return "\n".join(part for item in items for part in _item(item))


def _item(item: Tallied) -> list[str]:
    machine, seeds = item["machine"], ", ".join(map(str, item["seeds"]))
    rate = item["rates"]["bfloat16"]
    told = (
        f"{item['rows']:,} training rows, {item['test_rows']:,} test rows, seeds {seeds}; "
        f"{machine['processor']}, {item['threads']} threads, {rate / 1e9:,.0f} "
        "GFLOP/s in bf16 products. Medians (ranges)."
    )
    lines = [
        f"## {item['title']}",
        told,
        "",
        f"| {' | '.join(_HEAD)} |",
        "|" + "---|" * len(_HEAD),
    ]
    lines += [f"| {' | '.join(_row(one))} |" for one in item["contenders"]]
    lines.append("")
    for goal in item["goals"]:
        against = f" against {goal['against']}" if goal["against"] else ""
        told = "met" if goal["is_met"] else "**not met**"
        lines.append(f"- {goal['goal']}{against}: {_spread(goal['measured'])}, {told}.")
    if item["target"] is not None:
        lines.append(f"- The target, which all reached, is {number(item['target'])}.")
    lines += [f"- {note}" for note in item["notes"]]
    return [*lines, ""]


def _row(one: Tallied) -> list[str]:
    figures, holds = one["figures"], one["quality_holds"]
    quality = _metric(one)
    if holds is not None:
        quality += ", Luthier no worse" if holds else ", **Luthier worse**"
    return [
        one["name"],
        _spread(figures["rows_per_second"]),
        _spread(figures["tokens_per_second"]),
        _spread(figures["supervised_tokens_per_second"]),
        _spread(figures["train_seconds"]),
        _spread(figures["process_seconds"]),
        _spread(figures["peak_memory_bytes"], 1e-9),
        _spread(figures["share_of_bf16_rate"]),
        quality,
        _spread(one["speed"], unit="x"),
        _spread(one["memory"], unit="x"),
        _spread(one["seconds_to_target"]),
    ]


def _metric(one: Tallied) -> str:
    spread, metric = one["figures"]["metric"], one["metric"]
    if spread is None or metric is None:
        return "-"
    return (
        f"{metric['name']} {_spread(spread)}; {number(metric['low'])} to {number(metric['high'])}"
    )


def _spread(found: Tallied | None, factor: float = 1.0, unit: str = "") -> str:
    if found is None:
        return "-"
    value, low, high = (number(factor * found[name]) for name in ("median", "low", "high"))
    return f"{value}{unit}" if low == high else f"{value}{unit} ({low} to {high})"


def number(value: float) -> str:
    """Three digits, and no exponent."""
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")
