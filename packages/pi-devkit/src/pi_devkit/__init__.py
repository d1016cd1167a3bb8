"""Make, check and release Python extensions for pi."""
