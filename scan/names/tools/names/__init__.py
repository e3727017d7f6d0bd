"""Reads Python sources, without ever importing one, for what their names do."""
