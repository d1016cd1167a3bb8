"""Turns pi's TypeScript declarations into pi-host's typed Python."""
