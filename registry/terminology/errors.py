"""The error of every terminology reader."""


class TerminologyError(ValueError):
    """A terminology file is not what it should be; the message names the file and the place."""
