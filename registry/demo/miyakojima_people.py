"""The 28 patients of the refractory series with their characteristics (Table I of the paper)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from registry.demo.draw import CohortError, deal, ramp, shuffled, some_of, spread
from registry.demo.lives import Life
from registry.demo.miyakojima_lives import NECK, SINGLE, WEDNESDAY
from registry.demo.miyakojima_plans import performance

_PRIMARY_SITES = {
    "thigh": 4, "lower_leg": 2, "upper_arm": 1, "forearm": 1,
    "maxilla": 1, "neck": 1, "scalp": 1, "nasal_cavity": 1, "orbit": 1,
    "retroperitoneum": 4, "uterus": 4, "scapula": 1, "breast": 1, "trunk_wall": 1,
    "cervical_spine": 1, "axilla": 1, "ilium": 1, "testis": 1,
}  # fmt: skip
_MORPHOLOGY = {
    "8890/3": 7, "9220/3": 3, "9180/3": 3, "9120/3": 2, "9364/3": 2, "9250/3": 2, "8852/3": 2,
    "8830/3": 1, "8825/3": 1, "8980/3": 1, "8802/3": 1, "8858/3": 1, "8811/3": 1, "8800/3": 1,
}  # fmt: skip
# Sites of the patients with a single viable site: the two unresectable primaries first, then the
# five local relapses, then a metastasis.
_SINGLE_SITES = (
    ("maxilla", "unresectable_primary"),
    ("skull_base", "unresectable_primary"),
    ("semispinal_muscle", "local_relapse"),
    ("presacral", "local_relapse"),
    ("anal_region", "local_relapse"),
    ("retroperitoneum", "local_relapse"),
    ("retroperitoneum", "local_relapse"),
    ("lung", "distant_metastasis"),
)
_OTHER_SITES = {
    "lung": 20, "chest_wall": 3, "supraclavicular_node": 1, "mediastinal_node": 1, "clavicle": 1,
    "rib": 1, "sternum": 1, "ilium": 4, "retroperitoneum": 1, "ischium": 1, "pubis": 1,
    "thoracic_spine": 6, "cervical_spine": 5, "lumbar_spine": 1, "sacrum": 2, "skull": 2,
    "femur": 1,
}  # fmt: skip
NODES = ("supraclavicular_node", "mediastinal_node", "hilar_node")
"""Three lesions in one target, of the patient with the pericardial effusion."""
PAIR = ("adductor_muscles", "ischium")
"""Two lesions in one target."""

_DERMATITIS = "Rash: dermatitis associated with radiation - Select: Radiation"
_MUCOSITIS = "Mucositis/stomatitis (clinical exam) - Select: Oral cavity"


@dataclass
class Person:
    """One patient; ``sites`` holds site and status of each lesion in the order of the courses."""

    life: Life
    age: int
    sex: str
    ecog: int
    kps: int
    months_since_diagnosis: int
    primary_site: str = ""
    morphology: str = ""
    cci: int = 0
    sites: list[tuple[str, str]] = field(default_factory=list)
    prior_rt: bool = False
    relapse_in_field: bool = False
    toxicities: list[tuple[str, int, int, str]] = field(default_factory=list)

    @property
    def setting(self) -> str:
        """Disease setting at the first course."""
        status = self.sites[0][1]
        return {"unresectable_primary": "primary", "local_relapse": "recurrence"}.get(
            status, "metastatic"
        )

    @property
    def age_points(self) -> int:
        """What age adds to the Charlson index: one point per decade from 50 on, at most four."""
        return min(4, max(0, self.age // 10 - 4))

    def is_of(self, sites: tuple[str, ...]) -> bool:
        """True when these are the patient's lesions."""
        return tuple(site for site, _ in self.sites) == sites


def people(lives: list[Life], rng: Random) -> list[Person]:
    """The patients in random order.

    Raises:
        CohortError: no patient fits one of those that the paper's text describes.
    """
    ages = [*ramp(13, 19, 58, rng), 59, 60, *ramp(6, 61, 64, rng), *ramp(7, 65, 81, rng)]
    rng.shuffle(ages)
    sexes = deal({"male": 14, "female": 14}, rng)
    scores = performance(rng)
    intervals = _intervals([int(age) for age in ages], rng)
    found = [
        Person(life, int(age), sex, *score, interval)
        for life, age, sex, score, interval in zip(
            lives, ages, sexes, scores, intervals, strict=True
        )
    ]
    _give_sites(found, rng)
    _give_primaries(found, rng)
    _give_comorbidity(found, rng)
    for person in some_of(found, 15, rng):
        person.prior_rt = True
    for person in some_of([person for person in found if person.prior_rt], 7, rng):
        person.relapse_in_field = True
    _give_toxicity(found, rng)
    return found


def _intervals(ages: list[int], rng: Random) -> list[int]:
    """Months from diagnosis to radiotherapy; nobody was diagnosed as a small child."""
    months = [int(value) for value in spread(len(ages), 1, 25, 341, rng)]
    while True:
        rng.shuffle(months)
        if all(interval < 12 * (age - 8) for interval, age in zip(months, ages, strict=True)):
            return months


def _give_sites(found: list[Person], rng: Random) -> None:
    single = [person for person in found if SINGLE in person.life.tags]
    for person, site in zip(shuffled(single, rng), _SINGLE_SITES, strict=True):
        person.sites = [site]
    several = [person for person in found if SINGLE not in person.life.tags]
    neck = next(person for person in several if NECK in person.life.tags)
    neck.sites = [("cervical_node", "regional_node")]
    plain = [p for p in several if p is not neck and WEDNESDAY not in p.life.tags]
    nodes = _one(plain, lambda p: p.life.starts == [0, 0, 0] and p.life.seen > 120, rng)
    nodes.sites = [(site, "distant_metastasis") for site in NODES]
    pair = _one(plain, lambda p: p.life.starts == [0, 0], rng)
    pair.sites = [(site, "distant_metastasis") for site in PAIR]
    coxal = _one(plain, lambda p: not p.sites, rng)
    coxal.sites = [("coxal_bone", "distant_metastasis")]
    others = iter(deal(_OTHER_SITES, rng))
    for person in several:
        while len(person.sites) < len(person.life.starts):
            code = next(others)
            regional = code == "supraclavicular_node"
            person.sites.append((code, "regional_node" if regional else "distant_metastasis"))


def _one(candidates: list[Person], fits: Callable[[Person], bool], rng: Random) -> Person:
    fitting = [person for person in candidates if not person.sites and fits(person)]
    if not fitting:
        raise CohortError("no patient fits one that the paper's text describes")
    return rng.choice(fitting)


def _give_primaries(found: list[Person], rng: Random) -> None:
    """Primary site and histology; those of the text go together."""
    known: dict[str, tuple[str, Callable[[Person], bool]]] = {
        "8811/3": ("neck", lambda p: NECK in p.life.tags),
        "8980/3": ("uterus", lambda p: p.is_of(NODES)),
        "9120/3": ("breast", lambda p: any(site == "coxal_bone" for site, _ in p.sites)),
        "9180/3": ("maxilla", lambda p: p.is_of(("maxilla",))),
    }
    sites, morphologies = dict(_PRIMARY_SITES), dict(_MORPHOLOGY)
    for morphology, (site, is_meant) in known.items():
        person = next(one for one in found if is_meant(one))
        person.primary_site, person.morphology = site, morphology
        sites[site] -= 1
        morphologies[morphology] -= 1
    rest = [person for person in found if not person.morphology]
    for person, site, morphology in zip(
        rest, deal(sites, rng), deal(morphologies, rng), strict=True
    ):
        person.primary_site, person.morphology = site, morphology
        if site in ("uterus", "breast"):
            _make(person, "female", found)
        elif site == "testis":
            _make(person, "male", found)
    _make(next(p for p in found if p.is_of(NODES)), "female", found)


def _make(person: Person, sex: str, found: list[Person]) -> None:
    """Give the patient this sex, in exchange with somebody whose disease leaves it open."""
    if person.sex == sex:
        return
    bound = ("uterus", "breast", "testis")
    other = next(p for p in found if p.sex == sex and p.primary_site not in bound)
    person.sex, other.sex = other.sex, person.sex


def _give_comorbidity(found: list[Person], rng: Random) -> None:
    """Charlson index up to 7 in nine patients, age-adjusted in seven of these."""
    older = [person for person in found if person.age_points > 0]
    crossing = some_of(older, 2, rng)
    low = some_of([person for person in found if person not in crossing], 7, rng)
    for person in found:
        if person in crossing:
            person.cci = 7
        elif person in low:
            person.cci = rng.randint(2, 7 - person.age_points)
        else:
            person.cci = rng.randint(8, 11)


def _give_toxicity(found: list[Person], rng: Random) -> None:
    """Nine toxicities in six patients: term, grade, day of onset, action."""
    nodes = next(person for person in found if person.is_of(NODES))
    nodes.toxicities = [
        ("Pericardial effusion (non-malignant)", 4, 87, "drainage"),
        ("Esophagitis", 1, 20, "none"),
    ]
    maxilla = next(person for person in found if person.is_of(("maxilla",)))
    maxilla.toxicities = [(_MUCOSITIS, 3, 15, "medication"), (_DERMATITIS, 1, 16, "none")]
    free = [person for person in found if not person.toxicities and person.life.seen > 90]
    lung = [person for person in free if person.sites[0][0] == "lung"]
    if not lung:
        raise CohortError("no lung lesion was treated in a patient followed for three months")
    breathless = rng.choice(lung)
    breathless.toxicities = [
        ("Pneumonitis/pulmonary infiltrates", 2, 75, "medication"),
        (_DERMATITIS, 1, 14, "none"),
    ]
    for person in some_of([person for person in free if person is not breathless], 3, rng):
        person.toxicities = [(_DERMATITIS, 1, rng.randint(10, 25), "none")]
