"""The version that documents name."""

import tomllib
from pathlib import Path

from registry.version import VERSION

ROOT = Path(__file__).parents[2]


def test_the_version_is_that_of_the_package() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert package["project"]["version"] == VERSION
