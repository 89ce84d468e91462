"""The language of texts for people: chosen once, before anything with a text is imported.

Data is never translated: JSON keys, codes, exit codes and the words stored in the database stay as they are.
"""

from __future__ import annotations

import gettext as _gettext
import os
from pathlib import Path

DOMAIN = "revisit"
LANGUAGES = ("zh", "en")
_LOCALES = {"zh": "zh_CN", "en": "en"}
_FOLDER = Path(__file__).parent / "locale"
_current = "en"
_catalogue: _gettext.NullTranslations = _gettext.NullTranslations()


def N_(text: str) -> str:  # noqa: N802 - the field's standard name for "mark, translate later"
    """Mark a text for translation; it is translated when it is shown."""
    return text


# What Typer itself says through gettext; listed here so that our catalogue translates it too. The rest of what it says
# is in English only: `commands/options.py` and `cli.py` say that in its stead.
TYPER_WORDS = (
    N_("Options"), N_("Arguments"), N_("Commands"), N_("Error"), N_("Aborted!"), N_("Aborted."), N_("required"),
    N_("[required]"), N_("default: {default}"), N_("[default: {}]"), N_("env var: {var}"), N_("[env var: {}]"),
    N_("(deprecated) "), N_("(dynamic)"), N_("Missing command."), N_("No such command {name!r}."),
    N_("Try [blue]'{command_path} {help_option}'[/] for help."),
)  # fmt: skip


def choose(wanted: str | None, configured: str | None) -> str:
    """The language of this run: what was asked for, else the config file, else the locale (Chinese where it says nothing)."""
    for value in (wanted, configured):
        if value and value[:2].lower() in LANGUAGES:
            return value[:2].lower()
    name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not name and os.name == "nt":  # elsewhere an empty locale is called en_US by Python
        import locale

        name = locale.getlocale()[0] or ""
    if not name or name.split(".")[0] in ("C", "POSIX"):
        return "zh"
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def activate(language: str) -> None:
    """Use `language` ("zh" or "en") from now on, for our texts and for those of Typer (gettext's default domain)."""
    global _current, _catalogue
    _current = language
    os.environ["LANGUAGE"] = _LOCALES[language]
    _gettext.bindtextdomain(DOMAIN, str(_FOLDER))
    _gettext.textdomain(DOMAIN)
    _catalogue = _gettext.translation(DOMAIN, str(_FOLDER), languages=[_LOCALES[language]], fallback=True)


def language() -> str:
    """The language in use: "zh" or "en"."""
    return _current


def _(text: str) -> str:
    """`text` in the language in use."""
    return _catalogue.gettext(text) if text else ""
