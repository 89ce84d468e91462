"""Figures of a period that can be traced: each is a name, a definition, and the rows of one source that count.

`sources` reads what may count, grouped by everything that figures ask for, or row by row; `catalogue` says which rows count for
which figure. So a figure and its trace come from the same statement, and the trace adds up to the figure.
"""

from __future__ import annotations

from revisit.figures.catalogue import Figure, find_figure
from revisit.figures.counting import Counts, Slice, count, rows, trace
from revisit.figures.span import Span, span_of

__all__ = ["Counts", "Figure", "Slice", "Span", "count", "find_figure", "rows", "span_of", "trace"]
