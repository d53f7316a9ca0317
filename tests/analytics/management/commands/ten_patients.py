"""Ten patients of whom time, death, sex and size are known, with answers of R in the tests.

In R (survival 3): ``d <- data.frame(days = DAYS, died = DIED, sex = SEX, size = SIZES)``.
"""

from tests.analytics.extract.cohort import follow, study_of
from tests.factories import DiseaseFactory

DAYS = (100, 150, 200, 300, 350, 400, 500, 600, 700, 800)
DIED = (1, 1, 0, 1, 0, 1, 1, 0, 1, 0)
SEX = ("male", "female", "male", "male", "female", "female", "male", "female", "female", "male")
SIZES = (12, 9, 4, 10, 6, 5, 8, 3, 7, 4)


def ten_patients():
    """A study with these patients; the size is that of the disease at baseline."""
    study = study_of("cnao")
    for place, (days, died, sex, size) in enumerate(zip(DAYS, DIED, SEX, SIZES, strict=True)):
        patient = follow(study, f"P-{place}", days, died=bool(died), centre="AB"[place % 2])
        patient.sex = sex
        patient.save()
        DiseaseFactory.create(patient=patient, size_cm=size, diagnosed_on="2019-11")
    return study
