"""What the internet reaches in AWS."""
