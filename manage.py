#!/usr/bin/env python
"""Command line of the registry; runs on the embedded default unless told otherwise."""

import os
import sys


def main() -> None:
    """Run the named management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as exc:
        raise SystemExit(
            "Django is not installed in this Python; run `make venv` and use .venv/bin/python"
        ) from exc
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
