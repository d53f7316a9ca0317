"""What a snapshot's archive is, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from analytics.cohort import Cohort
from registry.templatetags.values import day_text


def read_me(
    cohort: Cohort,
    *,
    protocol_sha256: str,
    code_version: str,
    rows_sha256: str,
    files: Sequence[str],
) -> str:
    """The text of README.txt."""
    cut = day_text(cohort.data_cut) if cohort.data_cut else _("none, dates are relative")
    lines = [
        _("Frozen analysis: %(study)s (%(key)s)")
        % {"study": " ".join(cohort.study_title.split()), "key": cohort.study_key},
        *([_("Synthetic cohort: it says nothing about real patients.")] * cohort.is_synthetic),
        "",
        _("Data cut: %(cut)s") % {"cut": cut},
        _("Patients: %(n)d") % {"n": len(cohort.patients)},
        _("Protocol: version %(number)d, SHA-256 %(sha)s")
        % {"number": cohort.protocol_version, "sha": protocol_sha256},
        _("Version of the registry: %(version)s") % {"version": code_version},
        _("SHA-256 of the rows: %(sha)s") % {"sha": rows_sha256},
        "",
        _("Patients stand under their pseudonyms. Treat the files of rows as patient data."),
        _("data_dictionary.csv says what each column means, endpoints.json what each endpoint is."),
        _("Text that a spreadsheet would run as a formula has an apostrophe before it."),
        _("results.json holds every table and figure at full precision; tables/ and figures/ too."),
        _(
            "Rscript analysis.R makes the figures of results.csv again from adtte.csv and says how "
            "far the two differ; it needs the package survival."
        ),
        _("sha256sum -c SHA256SUMS checks that nothing was changed."),
        "",
        *files,
    ]
    return "\n".join(lines) + "\n"
