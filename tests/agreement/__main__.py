"""``python -m tests.agreement``: compares every statistic with R's stored answers again, and writes
the differences into the table of docs/validation.md.
"""

from tests.agreement.comparing import every_agreement
from tests.agreement.page import PAGE, rewritten


def main() -> int:
    """Rewrite the table; returns 0."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(rewritten(text, every_agreement()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
