"""The safety watch: rules of a study that tell its coordinators what must not wait."""
