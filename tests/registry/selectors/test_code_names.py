"""Words for codes."""

from django.utils import translation

from registry.models import Disease, Lesion
from registry.selectors.code_names import (
    code_name,
    disease_line,
    group_name,
    histology_name,
    site_name,
)


def test_a_known_code_gets_its_name_and_an_unknown_one_stays() -> None:
    assert code_name("icdo3_morphology", "8890/3") == "Leiomyosarcoma, NOS"
    assert code_name("icdo3_morphology", "9999/9") == "9999/9"
    assert code_name("region_site", "") == ""


def test_histology_is_the_coded_name_before_the_words_of_the_report() -> None:
    words = "spindle cell tumour"

    assert histology_name(Disease(morphology="8890/3", histology=words)) == "Leiomyosarcoma, NOS"
    assert histology_name(Disease(histology=words)) == words


def test_a_site_is_named_with_its_side() -> None:
    assert site_name(Lesion(site="thigh", laterality="left")) == "Thigh, left"
    assert site_name(Lesion(laterality="left")) == ""


def test_a_disease_in_one_line_leaves_out_what_is_not_known() -> None:
    assert disease_line(Disease(morphology="8890/3", site="thigh")) == "Leiomyosarcoma, NOS – Thigh"
    assert disease_line(Disease(site="thigh")) == "Thigh"
    assert disease_line(Disease()) == ""


def test_names_of_codes_and_groups_are_those_of_the_language_in_force() -> None:
    assert group_name("region_site", "lower_extremity") == "Lower extremity"
    with translation.override("de"):
        assert code_name("icdo3_morphology", "8890/3") == "Leiomyosarkom o. n. A."
        assert group_name("region_site", "lower_extremity") == "Untere Extremität"
        assert code_name("region_site", "thigh") == "Oberschenkel"


def test_a_code_that_no_list_has_is_not_translated() -> None:
    with translation.override("de"):
        assert code_name("region_site", "Lung") == "Lung"
        assert group_name("region_site", "Lung") == "Lung"
