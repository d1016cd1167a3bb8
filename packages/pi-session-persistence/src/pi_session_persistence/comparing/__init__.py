"""What two sessions, or two branches of one, have in common, and what each has alone."""

from pi_session_persistence.comparing._compare import Changed, Comparison, Relation, Side, compare

__all__ = ["Changed", "Comparison", "Relation", "Side", "compare"]
