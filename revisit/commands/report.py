"""Being written."""

import typer


def mount(app: typer.Typer) -> None:
    """Nothing yet."""
