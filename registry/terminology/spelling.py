"""British spellings of the American words that CTCAE is written in."""

from __future__ import annotations

import re

# What stands in an American word, and what the British one has instead.
_BRITISH = tuple(
    (re.compile(american), british)
    for american, british in (
        (r"(?<!c)(?<!yt)hem(?=[ao])", "haem"),  # methaemoglobin; not chemotherapy, erythema
        (r"emia\b", "aemia"),  # anaemia, hypokalaemia
        (r"(?<=isch|leuk)emic", "aemic"),
        (r"(?<=an|ur)emic", "aemic"),
        (r"esoph", "oesoph"),
        (r"edema", "oedema"),
        (r"esthe", "aesthe"),  # paraesthesia, anaesthetic
        (r"rrhea", "rrhoea"),
        (r"pnea", "pnoea"),
        (r"\bfet", "foet"),
        (r"\bfec", "faec"),
        (r"\bcec", "caec"),
        (r"gynec", "gynaec"),
        (r"leuko", "leuco"),
        (r"tumor", "tumour"),
        (r"color(?!ect)", "colour"),
        (r"\bodor", "odour"),
        (r"iz(?=(?:ed|ing|ation)\b)", "is"),  # generalised
    )
)


def british(text: str) -> str:
    """A text in small letters with its American words in British spelling."""
    for pattern, replacement in _BRITISH:
        text = pattern.sub(replacement, text)
    return text
