"""In which looks a page is judged: wide and light, narrow and dark."""

import pytest

every_look = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
"""Two of the four combinations show every width and every scheme; rules seldom depend on both."""
