"""The files shipped beside the code – policy, scripts, calendar, import layouts – and a company's own ones."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_company_folder: Path | None = None


def folder() -> Path:
    """Where the shipped templates are: inside an installed package, else at the top of the repository."""
    installed = _PACKAGE / "templates"
    return installed if installed.is_dir() else _PACKAGE.parent / "templates"


def use_company_folder(path: Path | None) -> None:
    """From now on a file of the same name in this folder goes before the shipped one (setting `templates`)."""
    global _company_folder
    _company_folder = path


def company_folder() -> Path | None:
    """The folder of a company's own files, if it has one."""
    return _company_folder


def locate(relative: str) -> Path:
    """Where a template such as `import/customers.toml` is, if it is there; the company's own file goes before the shipped one.

    Raises ValueError when `relative` leads out of the folder.
    """
    part = Path(relative)
    if part.is_absolute() or ".." in part.parts:
        raise ValueError(relative)
    return own_file(relative) or folder() / part


def own_file(relative: str) -> Path | None:
    """The company's own file of that name, if it has one."""
    found = _company_folder / relative if _company_folder is not None else None
    return found if found is not None and found.is_file() else None


def read_text(relative: str) -> str:
    """The text of a template.

    Raises FileNotFoundError when it is not there, UnicodeDecodeError when it is not UTF-8, ValueError when `relative`
    leads out of the folder.
    """
    return locate(relative).read_text(encoding="utf-8-sig")


def list_names(group: str) -> tuple[str, ...]:
    """The templates of a group in order of name, as `read_text` takes them (`calendar/cn-2026.toml`), a company's included."""
    places = [place / group for place in (folder(), _company_folder) if place is not None]
    found = {file.name for place in places if place.is_dir() for file in place.iterdir() if file.is_file()}
    return tuple(f"{group}/{name}" for name in sorted(found) if not name.startswith("."))
