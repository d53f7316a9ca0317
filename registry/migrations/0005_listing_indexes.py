"""Lists cut to a form that is missing, and skipped pages, are answered from indexes alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_identity_name_index"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="patient",
            name="patient_live_of_centre",
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("screening", "missing")),
                fields=["patient"],
                name="casestatus_no_screening",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("baseline", "missing")),
                fields=["patient"],
                name="casestatus_no_baseline",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("disease", "missing")),
                fields=["patient"],
                name="casestatus_no_disease",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("treatment", "missing")),
                fields=["patient"],
                name="casestatus_no_treatment",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("lesions", "missing")),
                fields=["patient"],
                name="casestatus_no_lesions",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("courses", "missing")),
                fields=["patient"],
                name="casestatus_no_courses",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("assessments", "missing")),
                fields=["patient"],
                name="casestatus_no_assessments",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("toxicity", "missing")),
                fields=["patient"],
                name="casestatus_no_toxicity",
            ),
        ),
        migrations.AddIndex(
            model_name="casestatus",
            index=models.Index(
                condition=models.Q(("outcome", "missing")),
                fields=["patient"],
                name="casestatus_no_outcome",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("voided_at__isnull", True)),
                fields=["pseudonym", "id"],
                name="patient_live",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                condition=models.Q(("voided_at__isnull", True)),
                fields=["centre", "pseudonym", "id"],
                name="patient_live_of_centre",
            ),
        ),
    ]
