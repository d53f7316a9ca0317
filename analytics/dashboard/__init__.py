"""The dashboard of a study: aggregates for a steering committee or the public, and its switch."""
