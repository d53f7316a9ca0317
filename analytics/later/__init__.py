"""States that begin after the time origin: what they are, when they began, and how they count.

They are no covariates: groups formed by them from the origin on would favour those who lived long
enough to come into them. They count as they were at a landmark, or as time-dependent in a model.
"""
