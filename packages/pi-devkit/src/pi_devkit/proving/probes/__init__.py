"""Scripts for the interpreter of a clean environment: each gets JSON as its argument and writes a line of JSON.

They are run by their path and import nothing of this package, since it is not there where they run.
"""
