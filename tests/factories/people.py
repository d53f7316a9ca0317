"""Centres, studies, and the standard people: data manager, coordinator, administrator."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from registry.models import (
    Centre,
    Membership,
    Participation,
    ProtocolVersion,
    Study,
    User,
)
from registry.models.choices import Role
from registry.protocols import preset_text

PASSWORD = "a long password of the tests"


class CentreFactory(DjangoModelFactory[Centre]):
    """Centre A, Centre B, …"""

    class Meta:
        model = Centre
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"C{n}")
    name = factory.LazyAttribute(lambda o: f"Centre {o.code}")


class UserFactory(DjangoModelFactory[User]):
    """A person without any role."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person-{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.org")
    password = factory.django.Password(PASSWORD)


class StudyFactory(DjangoModelFactory[Study]):
    """A study of the key "jinling" unless another preset is named."""

    class Meta:
        model = Study
        django_get_or_create = ("key",)

    key = "jinling"
    title = factory.LazyAttribute(lambda o: f"Study {o.key}")


class ProtocolVersionFactory(DjangoModelFactory[ProtocolVersion]):
    """Version 1 of the study's preset."""

    class Meta:
        model = ProtocolVersion
        django_get_or_create = ("study", "number")

    study = factory.SubFactory(StudyFactory)
    number = 1
    effective_on = dt.date(2015, 1, 1)
    source = factory.LazyAttribute(lambda o: preset_text(o.study.key))


class ParticipationFactory(DjangoModelFactory[Participation]):
    """A centre takes part in a study."""

    class Meta:
        model = Participation

    study = factory.SubFactory(StudyFactory)
    centre = factory.SubFactory(CentreFactory)


class MembershipFactory(DjangoModelFactory[Membership]):
    """A role without a place: name centre or study with it."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.ADMINISTRATOR


def data_manager(centre: Centre, **kwargs: Any) -> User:
    """A person who enters cases at this centre."""
    user = UserFactory.create(**kwargs)
    MembershipFactory.create(user=user, role=Role.DATA_MANAGER, centre=centre)
    return user


def coordinator(study: Study, **kwargs: Any) -> User:
    """A person who steers this study over all centres."""
    user = UserFactory.create(**kwargs)
    MembershipFactory.create(user=user, role=Role.COORDINATOR, study=study)
    return user


def monitor(study: Study, **kwargs: Any) -> User:
    """A person who checks what this study's centres enter."""
    user = UserFactory.create(**kwargs)
    MembershipFactory.create(user=user, role=Role.MONITOR, study=study)
    return user


def administrator(**kwargs: Any) -> User:
    """A person who keeps users and centres and sees no clinical data by that."""
    user = UserFactory.create(**kwargs)
    MembershipFactory.create(user=user, role=Role.ADMINISTRATOR)
    return user
