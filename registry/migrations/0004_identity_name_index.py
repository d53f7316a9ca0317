"""Family names are found by a blind index; lists of patients are read along indexes of their own."""

from django.db import migrations, models

from registry import keyring
from registry.audit import recorded


def index_family_names(apps, schema_editor):
    """Fill the index of identities that are there already."""
    Identity = apps.get_model("registry", "Identity")
    rows = Identity._base_manager.select_related("patient__centre").order_by("pk")
    with recorded(by=None, origin="migration 0004", reason="index of family names"):
        for row in rows.iterator(chunk_size=500):
            if keyring.normalise_name(row.family_name):
                code = row.patient.centre.code
                index = keyring.name_index(row.family_name, centre_code=code)
                Identity._base_manager.filter(pk=row.pk).update(family_name_index=index)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_import_upload"),
    ]

    operations = [
        migrations.AddField(
            model_name="identity",
            name="family_name_index",
            field=models.CharField(
                blank=True,
                editable=False,
                help_text="HMAC-SHA-256 of centre and family name without case and marks.",
                max_length=64,
                null=True,
                verbose_name="blind index of the family name",
            ),
        ),
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(fields=["family_name_index"], name="identity_family_name"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("voided_at__isnull", True)),
                fields=["centre", "pseudonym"],
                name="patient_live_of_centre",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("voided_at__isnull", True)),
                fields=["centre", "birth_date", "pseudonym"],
                name="patient_live_birth_of_centre",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("voided_at__isnull", True)),
                fields=["birth_date", "pseudonym"],
                name="patient_live_birth",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("incomplete_count__gt", 0)),
                fields=["-incomplete_count", "patient"],
                name="casestatus_most_missing",
            ),
        ),
        migrations.RunPython(index_family_names, migrations.RunPython.noop),
    ]
