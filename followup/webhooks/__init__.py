"""Tells a hospital's own system of the visits of its centre, by signed HTTP calls.

``calls`` enters what is to be told, ``queue`` moves a call from state to state, ``sending``
delivers it; ``addresses`` says which addresses may be called, ``transport`` calls exactly those.
"""
