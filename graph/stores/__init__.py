"""Graph databases behind one interface."""
