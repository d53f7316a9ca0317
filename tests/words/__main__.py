"""``make words``: the catalogue of reports from the sources anew; says what is missing.

Needs the tools of GNU gettext (Debian and Ubuntu: ``gettext``). Translations are written into
``locale/<language>/LC_MESSAGES/django.po``; then this is run again.
"""

import os

import django
from django.core.management import CommandError


def main() -> int:
    """Each language; the exit code is 1 where a translation is missing or wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    from tests.words import catalogue

    worst = 0
    for language in catalogue.LANGUAGES:
        try:
            found = catalogue.bring_up_to_date(language)
        except CommandError as error:
            print(f"{language}: {error}")
            return 1
        print(f"{language}: {len(found)} texts")
        for heading, names in (
            ("without a translation", catalogue.missing(found)),
            ("with other placeholders", catalogue.wrong_placeholders(found)),
        ):
            for name in names:
                print(f"  {heading}: {name}")
                worst = 1
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
