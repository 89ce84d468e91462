"""revisit: who must be contacted today, by when, under which clause, and why."""

__version__ = "0.1.0"
