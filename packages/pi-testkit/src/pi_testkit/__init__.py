"""Test pi extensions against the real pi."""
