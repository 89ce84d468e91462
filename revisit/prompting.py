"""Questions to a person at the terminal: one key, or a line of text, with a line below that is kept up to date.

Only a person is asked: where no terminal is, nothing is asked and nothing is assumed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from revisit.errors import WrongUsage

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyPressEvent

MARK = "> "
GAP = "   "
"""Between the keys of a question, where its line is parted on a narrow screen."""
_WIDE = {ord(wide): chr(ord(wide) - 0xFEE0) for wide in map(chr, range(0xFF01, 0xFF5F))}
"""Full-width keys of a Chinese keyboard and what they stand for."""


_ready = False


class LeftOff(Exception):
    """The person pressed Ctrl-C or Ctrl-D, or the terminal is gone."""


def is_terminal() -> bool:
    """Whether a person can be asked: keyboard and screen are a terminal, or keys were laid ready (`keys_ready`)."""
    return (sys.stdin.isatty() and sys.stdout.isatty()) or _ready


@contextmanager
def keys_ready(keys: str) -> Iterator[None]:
    """Inside, these keys are pressed, whatever keyboard there is: for guide pages and tests. They are shown with the result."""
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    global _ready
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        _ready = True
        try:
            yield
        finally:
            _ready = False


def require_terminal(message: str, remedy: str, **params: object) -> None:
    """Raises WrongUsage where nobody can be asked."""
    if not is_terminal():
        raise WrongUsage(message, remedy, **params)


def ask_key(keys: Collection[str], below: Callable[[], str]) -> str:
    """One of the keys (single characters, small letters), as soon as it is pressed; others do nothing. Raises LeftOff."""
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.keys import Keys

    bindings = KeyBindings()

    @bindings.add(Keys.Any)
    @bindings.add("enter")
    @bindings.add("c-j")  # Enter that was pressed before the question stood there
    def pressed(event: KeyPressEvent) -> None:
        key = event.data.translate(_WIDE).lower()
        if key in ("\r", "\n"):
            key = ""
        if key in keys:
            event.current_buffer.text = key
            event.app.exit(result=key)

    return _asked(_session(bindings), below)


def ask_text(below: Callable[[], str], *, given: str = "") -> str:
    """A line of text as it was typed, without space around it; `given` stands there to begin with. Raises LeftOff."""
    return _asked(_session(None), below, default=given).strip()


def _session(bindings: Any) -> PromptSession[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.output import ColorDepth

    plain = ColorDepth.DEPTH_1_BIT if "NO_COLOR" in os.environ else None
    return PromptSession(key_bindings=bindings, color_depth=plain, refresh_interval=1.0, reserve_space_for_menu=0)


def _asked(session: PromptSession[str], below: Callable[[], str], default: str = "") -> str:
    sys.stdout.flush()
    try:
        answer = session.prompt(MARK, bottom_toolbar=below, default=default)
    except (KeyboardInterrupt, EOFError) as error:
        raise LeftOff from error
    if _ready:
        sys.stdout.write(f"{MARK}{answer}".rstrip() + "\n")
    return answer
