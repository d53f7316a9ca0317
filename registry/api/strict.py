"""Bodies that hold what they may hold and nothing else."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from registry.api.links import unknown_names


class StrictSerializer(serializers.Serializer):
    """Refuses members that it does not know, by name."""

    def to_internal_value(self, data: Any) -> Any:
        """The values.

        Raises:
            ValidationError: also for a member that there is not.
        """
        values = super().to_internal_value(data)
        if unknown := unknown_names(data, self.fields):
            raise serializers.ValidationError(unknown)
        return values
