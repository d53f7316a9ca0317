"""The catalogue of reports: ``make words`` brings it up to date and says what is missing."""
