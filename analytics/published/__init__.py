"""Published figures as data, each with its source: series to compare with, and the papers' own."""
