"""The one engine that every provider plugs into: techniques, states, explanation."""
