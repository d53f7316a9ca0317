"""Identities are read through few doors: each of them records who was shown whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("registry", "followup", "analytics", "config")

KNOW_THE_TABLE = {
    # what the table is, and where it stands among the others
    "registry/models/__init__.py",
    "registry/case.py",
    "registry/case_forms.py",
    "registry/database_roles.py",
    "registry/exchange/entities.py",
    "registry/selectors/audit_trail.py",
    "registry/selectors/history.py",
    "registry/selectors/patient_file.py",
    "registry/selectors/patient_sections.py",
    "config/access.py",
    # leaves identities out of the corrections that it lists
    "analytics/snapshots/corrections.py",
    # the doors
    "registry/selectors/own_centre.py",
    "registry/selectors/past_state.py",
    # the interface, which records a look for every row that it gives out
    "registry/api/case_body.py",
    "registry/api/case_serializers.py",
    "registry/api/cases.py",
    "registry/api/entities.py",
    "registry/api/looks.py",
    "registry/api/writing.py",
    # forms, which record the look when they are given out
    "registry/entry/looks.py",
    "registry/entry/pages/new_patient.py",
    "registry/entry/pages/patient.py",
    # writers, which show nothing
    "registry/services/case_merge.py",
    "registry/services/cases.py",
    "registry/services/identity_index.py",
    "registry/services/key_rotation.py",
    "registry/services/patients.py",
    "registry/services/records.py",
    "registry/services/registration.py",
    "registry/services/transfers.py",
    # refuses texts that name the patient, and records that it said so
    "registry/services/no_names.py",
    # found by blind index: nothing is decrypted, and who it is told of is recorded
    "followup/selectors/grid.py",
    "followup/selectors/search.py",
}
"""Modules that may import the model, each for the reason above it."""

READ_ROWS = {
    "registry/api/cases.py",
    "registry/api/writing.py",
    "registry/selectors/own_centre.py",
    "registry/services/cases.py",
    "registry/services/key_rotation.py",
    "registry/services/no_names.py",
    "registry/services/registration.py",
    "registry/services/transfers.py",
    "followup/selectors/grid.py",
    "followup/selectors/search.py",
}
"""Modules that may ask the table for rows."""

READ_NAMES = {
    "registry/services/identity_index.py",
    "registry/services/case_merge.py",
    "registry/services/no_names.py",
    "registry/services/registration.py",
}
"""Modules that may read a name or a record number off a row: to index it and to compare it."""

NAMES = frozenset({"family_name", "given_names", "record_number"})
PATHS = ("identity__", "patient__identity")
MANAGERS = frozenset({"objects", "_base_manager", "_default_manager"})


def modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def imports_identity(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("registry.models")
        and any(name.name == "Identity" for name in node.names)
        for node in ast.walk(tree)
    ) or any(
        # by way of the module or by the name of the model
        (isinstance(node, ast.Attribute) and node.attr == "Identity")
        or (isinstance(node, ast.Constant) and node.value in ("Identity", "registry.Identity"))
        for node in ast.walk(tree)
    )


def reads_rows(tree: ast.AST) -> bool:
    """Identity.objects and the like, patient.identity as a query, "identity__family_name"."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in MANAGERS
            and isinstance(node.value, ast.Name | ast.Attribute)
            and (node.value.id if isinstance(node.value, ast.Name) else node.value.attr)
            == "Identity"
        ):
            return True
        if isinstance(node, ast.Constant) and str(node.value).startswith(PATHS):
            return True
        if isinstance(node, ast.keyword) and (node.arg or "").startswith(PATHS):
            return True
        if (
            isinstance(node, ast.Attribute)
            and node.attr == "identity"
            and isinstance(node.value, ast.Name)
            and node.value.id == "patient"
        ):
            return True
    return False


def reads_names(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr in NAMES and isinstance(node.ctx, ast.Load)
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize(
    ("finds", "allowed"),
    [(imports_identity, KNOW_THE_TABLE), (reads_rows, READ_ROWS), (reads_names, READ_NAMES)],
    ids=["import", "rows", "names"],
)
def test_nobody_else_reads_identities(finds, allowed) -> None:
    """A new module that shows somebody who a patient is uses ``own_centre.identity_of``."""
    found = {name for name, tree in modules() if finds(tree)}

    assert found - allowed == set()
    assert allowed - found == set(), "no longer needed in the list above"


@pytest.mark.parametrize(
    ("finds", "code"),
    [
        (imports_identity, "from registry.models import Identity"),
        (imports_identity, "import registry.models as m\nm.Identity"),
        (imports_identity, "apps.get_model('registry', 'Identity')"),
        (reads_rows, "Identity.objects.live()"),
        (reads_rows, "m.Identity._base_manager.all()"),
        (reads_rows, "patients.values('identity__family_name')"),
        (reads_rows, "patients.filter(identity__record_number_index=x)"),
        (reads_rows, "patient.identity"),
        (reads_names, "print(row.family_name)"),
    ],
)
def test_a_reader_past_the_doors_is_found(finds, code) -> None:
    assert finds(ast.parse(code))
