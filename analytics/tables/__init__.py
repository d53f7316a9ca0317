"""Everything that a study's paper shows, as pages, files, and one folder."""
