"""The console entry: choose the language, then import the command line and run it."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Runs the program and exits. Help texts are made at import, so the language comes first.

    A command is over in a moment: objects that refer to each other in a circle are looked for seldom, and not at the end.
    """
    gc.set_threshold(50_000, 20, 100)
    try:
        code = _run()
    except KeyboardInterrupt:  # before the command line was there to say it
        from revisit import i18n

        sys.stderr.write(i18n._("stopped; nothing was changed") + "\n")
        code = 130
    gc.freeze()
    sys.exit(code)


def _run() -> int:
    from revisit import config, i18n
    from revisit.errors import RevisitError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        configured = config.load().get("lang")
    except RevisitError:
        configured = None  # said properly once a command runs
    i18n.activate(i18n.choose(os.environ.get("REVISIT_LANG"), configured))
    from revisit import cli

    return cli.run()


if __name__ == "__main__":
    main()
