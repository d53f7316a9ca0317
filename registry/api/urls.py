"""Addresses of the programming interface."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, path, re_path

from registry.api.cases import CaseViewSet
from registry.api.docs import Schema, api_docs
from registry.api.entities import ENTITIES, Entity
from registry.api.references import ReferenceViewSet
from registry.api.views import EntityViewSet, UnknownAddress

METHODS = ("get", "post", "put", "patch", "delete")


def entity_patterns(entity: Entity) -> Iterator[URLPattern]:
    """The addresses of one table."""
    name, rows = entity.name, f"{entity.address}/"
    one = f"{rows}<int:pk>/"

    def view(**actions: str) -> Callable[..., Any]:
        return EntityViewSet.as_view({**actions}, entity=entity)

    yield path(rows, view(get="list", post="create"), name=f"{name}-list")
    yield path(one, view(get="retrieve", patch="partial_update"), name=f"{name}-detail")
    yield path(f"{one}void/", view(post="void"), name=f"{name}-void")
    yield path(f"{one}history/", view(get="history"), name=f"{name}-history")


app_name = "api"

cases = [
    path("cases/", CaseViewSet.as_view({"post": "create"}), name="cases"),
    # A pseudonym is the study's own text and may hold a slash.
    path("cases/<path:pseudonym>/", CaseViewSet.as_view({"get": "retrieve"}), name="case"),
]

studies = [
    path("studies/", ReferenceViewSet.as_view({"get": "studies"}), name="studies"),
    path("studies/<slug:key>/", ReferenceViewSet.as_view({"get": "study"}), name="study"),
    path("centres/", ReferenceViewSet.as_view({"get": "centres"}), name="centres"),
    path("ctcae-terms/", ReferenceViewSet.as_view({"get": "ctcae_terms"}), name="ctcae_terms"),
]

urlpatterns = [
    *studies,
    *cases,
    *(pattern for entity in ENTITIES for pattern in entity_patterns(entity)),
]

about = [
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", api_docs, name="docs"),
]
"""Addresses under /api/ that are of no version."""

# Last of all addresses under /api/, also after those of the other rooms.
unknown = re_path("^api/", UnknownAddress.as_view(dict.fromkeys(METHODS, "nothing")))
