"""Settings: an option beats the environment, the environment beats the user's file, the file beats the default.

`SETTINGS` is the one table of them; `docs/configuration.md` is checked against it.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from revisit.errors import Refused
from revisit.i18n import N_


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the config file, the environment variable that beats it, and what it is for.

    An empty variable is as good as none, but where empty is an answer (`may_be_empty`).
    """

    key: str
    variable: str
    says: str
    may_be_empty: bool = False


SETTINGS = (
    Setting("db", "REVISIT_DB", N_("the database: a path (SQLite) or postgresql://… (a team server)")),
    Setting("user", "REVISIT_USER", N_("the login of the person who works here")),
    Setting("lang", "REVISIT_LANG", N_("the language of texts: zh or en")),
    Setting(
        "templates",
        "REVISIT_TEMPLATES",
        N_("a folder with the company's own policy, scripts, calendar and import files"),
    ),
    Setting("pager", "REVISIT_PAGER", N_("the pager for long lists on a terminal; empty: none"), may_be_empty=True),
)


def config_path() -> Path:
    """Where the user's file is looked for: `REVISIT_CONFIG`, else the user's configuration folder."""
    named = os.environ.get("REVISIT_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("revisit", appauthor=False) / "config.toml"


def load(path: Path | None = None) -> dict[str, str]:
    """The settings of environment and file by key; a key that is set nowhere is missing. Raises Refused for a bad file."""
    path = path or config_path()
    values: dict[str, str] = {}
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(N_("the config file {path} cannot be read"), N_("mend it or remove it"), path=path) from error
    try:
        read = tomllib.loads(text) if text else {}
    except tomllib.TOMLDecodeError as error:
        raise Refused(
            N_("the config file {path} is no valid TOML: {why}"), N_("mend it or remove it"), path=path, why=error
        ) from error
    known = {setting.key for setting in SETTINGS}
    for key, value in read.items():
        if key not in known or not isinstance(value, str):
            raise Refused(
                N_("the config file {path} has an unknown key: {key}"),
                N_("known keys: {known}"),
                path=path,
                key=key,
                known=", ".join(sorted(known)),
            )
        values[key] = value
    for setting in SETTINGS:
        if os.environ.get(setting.variable) or (setting.may_be_empty and setting.variable in os.environ):
            values[setting.key] = os.environ[setting.variable]
    return values


def default_db() -> str:
    """The database of a person who names none: a file in the user's data folder."""
    from platformdirs import user_data_path

    return str(user_data_path("revisit", appauthor=False) / "revisit.db")
