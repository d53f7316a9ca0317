"""A case with rows in every table of the native format, and what to look for in outcomes."""

from registry.exchange.importer import Outcome

PATIENT = "pseudonym,sex,birth_date\nA-1,female,1961-04\n"

CASE = {
    "patients": PATIENT,
    "identities": "patient,family_name,given_names,record_number\nA-1,Canary,Given,MRN 7\n",
    "screenings": "patient,number,screened_on,outcome,reason_not_enrolled\n"
    "A-1,1,2020-01-10,enrolled,\n,2,2020-01-11,not_enrolled,declined\n",
    "enrolments": "patient,enrolled_on,consent_on,consent_version\nA-1,2020-02-01,2020-01-20,2.1\n",
    "diseases": "patient,diagnosed_on,site,topography,morphology,grade,size_cm,depth,t_category\n"
    "A-1,2019-12,thigh,C49.2,8890/3,3,8.5,deep,#not_done\n",
    "surgeries": "patient,performed_on,procedure,residual_tumour,margin_mm\n"
    "A-1,2020-02-10,wide_excision,r1,0.5\n",
    "systemic_therapies": "patient,number,kind,timing,regimen,cycle_count\n"
    "A-1,1,chemotherapy,adjuvant,doxorubicin + ifosfamide,4\n",
    "prior_radiotherapies": "patient,site,dose_gy,relapse_in_field\nA-1,breast,50,no\n",
    "lesions": "patient,number,site,status,longest_diameter_cm\n"
    "A-1,1,thigh,postoperative_bed,8.5\nA-1,2,lung,distant_metastasis,#unknown\n",
    "courses": "patient,number,intent,technique,started_on,ended_on,is_completed\n"
    "A-1,1,postoperative,imrt,2020-04-01,2020-05-20,yes\n",
    "baselines": "patient,course,assessed_on,ecog,kps,setting\nA-1,1,2020-03-30,1,90,primary\n",
    "targets": "patient,course,number,label,ptv_cm3\nA-1,1,1,PTV_6000,312.5\nA-1,1,2,PTV_5000,\n",
    "target_lesions": "patient,course,target,lesion\nA-1,1,1,1\nA-1,1,2,1\n",
    "phases": "patient,course,number,kind,target,dose_gy,fraction_count,fractions_per_week\n"
    "A-1,1,1,initial,,50,25,5\nA-1,1,2,boost,1,10,5,5\n",
    "dose_metrics": "patient,course,number,structure,metric,value,unit\n"
    "A-1,1,1,Femur_Head_L,Mean,12.5,Gy\n",
    "assessments": "patient,number,assessed_on,kind,toxicity_assessed,kps,disease_status\n"
    "A-1,1,2020-08-01,clinic,yes,80,no_evidence\nA-1,2,2021-02-03,clinic,no,#refused,\n",
    "imaging_studies": "patient,assessment,number,modality,region,with_contrast\n"
    "A-1,1,1,mr,treated_site,yes\nA-1,1,2,ct,chest,no\n",
    "lesion_assessments": "patient,assessment,lesion,longest_diameter_cm,response\nA-1,1,1,0,cr\n",
    "progressions": "patient,number,occurred_on,kind,lesion,site\n"
    "A-1,1,2021-02-03,distant,2,lung\n",
    "deaths": "patient,died_on,cause\nA-1,2021-11-30,disease\n",
    "losses": "patient,number,last_known_alive_on,declared_on,found_again_on,reason\n"
    "A-1,1,2021-02-03,2021-08-01,2021-10-01,moved\n",
    "toxicity_events": "patient,number,course,lesion,release,term,grade,onset_on,attribution\n"
    "A-1,1,1,1,5.0,Dermatitis radiation,2,2020-05-01,definite\n",
}
"""One patient with rows in every table of the native format."""


def refused(outcome: Outcome) -> list[tuple[str, int, str, str, str]]:
    """(file, row, column, value, reason) of every refused row."""
    return [
        (one.file, one.line, one.column, one.value, one.reason)
        for account in outcome.ledger.files.values()
        for several in account.refused.values()
        for one in several
    ]
