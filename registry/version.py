"""The version of the software, as it stands in pyproject.toml and the changelog."""

VERSION = "0.5.0"
