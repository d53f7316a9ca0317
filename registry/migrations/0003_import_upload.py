"""Imports in the browser: uploads, what was found in them, mappings that are kept."""

import django.db.models.deletion
import django.utils.timezone
import registry.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_case_entry"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="key"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="uploaded at"
                    ),
                ),
                (
                    "files",
                    models.JSONField(
                        default=list,
                        help_text="Name, name in the folder and size (bytes) of each.",
                        verbose_name="files",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("mapped", "Ready to be checked"),
                            ("checking", "Being checked"),
                            ("checked", "Checked"),
                            ("importing", "Being imported"),
                            ("done", "Imported"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="uploaded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "mapping_title",
                    models.CharField(blank=True, max_length=200, verbose_name="mapping"),
                ),
                (
                    "mapping_source",
                    models.TextField(
                        blank=True,
                        help_text="TOML; empty for the native format.",
                        verbose_name="text of the mapping",
                    ),
                ),
                ("rows_done", models.PositiveIntegerField(default=0, verbose_name="rows done")),
                ("rows_total", models.PositiveIntegerField(default=0, verbose_name="rows in all")),
                (
                    "patients_done",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="From here a stopped import goes on.",
                        verbose_name="patients done",
                    ),
                ),
                ("counts", models.JSONField(blank=True, default=dict, verbose_name="counts")),
                ("problem", models.TextField(blank=True, verbose_name="why it failed")),
                ("claim", models.UUIDField(blank=True, null=True, verbose_name="worker at it")),
                (
                    "beat_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="last sign of the worker"
                    ),
                ),
                (
                    "started_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="started at"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished at"),
                ),
                (
                    "files_removed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="files removed at"),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.centre",
                        verbose_name="centre",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.study",
                        verbose_name="study",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ImportPiece",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stage", models.CharField(max_length=10, verbose_name="stage")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "body",
                    registry.fields.EncryptedTextField(help_text="JSON.", verbose_name="findings"),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="registry.importupload",
                        verbose_name="import",
                    ),
                ),
            ],
            options={
                "verbose_name": "findings of an import",
                "verbose_name_plural": "findings of imports",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "source",
                    models.TextField(help_text="TOML, see docs/import.md.", verbose_name="text"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="saved at"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "centre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.centre",
                        verbose_name="owner centre",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        blank=True,
                        help_text="Every centre of the study may use it; empty: the owner centre only.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.study",
                        verbose_name="shared in the study",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved mapping",
                "ordering": ["name"],
            },
        ),
        migrations.AddIndex(
            model_name="importupload",
            index=models.Index(
                condition=models.Q(("files_removed_at__isnull", True)),
                fields=["at"],
                name="importupload_with_files",
            ),
        ),
        migrations.AddConstraint(
            model_name="importupload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", ""),
                    (
                        "state__in",
                        [
                            "uploaded",
                            "mapped",
                            "checking",
                            "checked",
                            "importing",
                            "done",
                            "failed",
                            "cancelled",
                        ],
                    ),
                    _connector="OR",
                ),
                name="importupload_state_is_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="importpiece",
            constraint=models.UniqueConstraint(
                fields=("upload", "stage", "number"), name="importpiece_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmapping",
            constraint=models.UniqueConstraint(
                fields=("centre", "name"), name="savedmapping_name_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmapping",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="savedmapping_has_name"
            ),
        ),
    ]
