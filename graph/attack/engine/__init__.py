"""The one engine that every provider plugs into: techniques matched by sets, states, explanation."""
