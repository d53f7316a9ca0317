"""Administration of people, centres and studies. Clinical tables are not reached from here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from registry.models import Centre, Membership, Participation, ProtocolVersion, Study, User


class KeptAdmin(admin.ModelAdmin):
    """Rows are added and changed, never deleted: clinical rows and the trail point to them."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody deletes."""
        return False


class MembershipInline(admin.TabularInline):
    """The roles of a person."""

    model = Membership
    fk_name = "user"
    fields = ("role", "centre", "study", "ends_on")
    extra = 0


@admin.register(User)
class PersonAdmin(KeptAdmin, UserAdmin):
    """Accounts with their memberships; deactivated instead of deleted."""

    inlines = (MembershipInline,)
    list_display = ("username", "display_name", "email", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "email")}),
        (_("Account"), {"fields": ("is_active", "is_staff", "is_superuser")}),
    )


@admin.register(Centre)
class CentreAdmin(KeptAdmin):
    """Centres."""

    list_display = ("code", "name", "country", "timezone")


class ParticipationInline(admin.TabularInline):
    """Centres of a study."""

    model = Participation
    extra = 0


@admin.register(Study)
class StudyAdmin(KeptAdmin):
    """Studies and the centres that take part; a study begins with its protocol (create_study)."""

    inlines = (ParticipationInline,)
    list_display = ("key", "title", "is_synthetic", "target_accrual")
    readonly_fields = ("key",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not from here: a study without a protocol cannot enrol."""
        return False


@admin.register(ProtocolVersion)
class ProtocolVersionAdmin(KeptAdmin):
    """Protocol versions, to read: a new one is added by its service, which checks the text."""

    list_display = ("study", "number", "effective_on", "sha256")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Not from here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not from here."""
        return False
