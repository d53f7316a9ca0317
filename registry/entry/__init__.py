"""Entry pages: forms over the rows of a case.

A page (:class:`registry.entry.spec.Page`) is a list of parts; a part shows the fields of one
table, for one row or for repeated rows. :class:`registry.entry.entry.Entry` is a page opened by a
person on a case: it reads what was typed into rows in memory, from which the live figures, the
checks and the write are made alike. Pages are in :mod:`registry.entry.pages`, one module each; a
new page needs its parts, its live figures (optional) and a line in
:data:`registry.entry.pages.PAGES`.
"""
