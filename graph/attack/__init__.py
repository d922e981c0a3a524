"""Attack paths: who can become whom, over which steps, and which steps to cut first."""
