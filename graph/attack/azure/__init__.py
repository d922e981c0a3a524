"""Azure in the attack graph."""
