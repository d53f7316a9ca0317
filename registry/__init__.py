"""The room of facts: what is known about whom, and who may see and change it."""
