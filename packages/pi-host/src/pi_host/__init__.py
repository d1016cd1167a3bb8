"""Run Python plugins inside the real pi coding agent."""
