"""Settings: ``base`` holds what never differs; ``dev``, ``test`` and ``production`` import it."""
