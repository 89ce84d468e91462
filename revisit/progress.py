"""How far long work is: one line on a terminal, nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from revisit.i18n import _

Progress = Callable[[str, int, int | None], None]
"""Stage, how much is done, of how much (None: unknown)."""


@contextmanager
def shown(stages: Mapping[str, str]) -> Iterator[Progress]:
    """What is called with each step of the work. `stages`: their names → a text marked with N_; the line goes when it ends."""
    if not sys.stderr.isatty():
        yield _untold
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    class Line(Bar):
        """One bar with rows per second and the time that is left, once there is a speed."""

        def make_tasks_table(self, tasks: Any) -> Any:
            for task in tasks:
                speed = task.speed
                left = task.time_remaining
                task.fields["rate"] = _("{count} rows/s").format(count=round(speed)) if speed else ""
                task.fields["left"] = _("{time} left").format(time=_clock(left)) if left else ""
            return super().make_tasks_table(tasks)

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}% {task.fields[rate]} {task.fields[left]}", markup=False),
    )
    with Line(*columns, console=Console(stderr=True, highlight=False), transient=True) as bar:
        task = bar.add_task("", total=None, rate="", left="")
        at = ""

        def tell(stage: str, done: int, total: int | None) -> None:
            nonlocal at
            if stage != at:
                at = stage
                bar.reset(task, total=total, description=_(stages[stage]))
            bar.update(task, completed=done, total=total, refresh=done == 0)

        yield tell


def _clock(seconds: float) -> str:
    """Seconds as a clock shows them: 0:07, 12:30."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _untold(_stage: str, _done: int, _total: int | None) -> None:
    """Nobody looks."""
