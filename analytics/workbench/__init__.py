"""The workbench: one endpoint, looked at as the reader chooses, at an address that says it all."""
