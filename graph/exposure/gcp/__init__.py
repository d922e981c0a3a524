"""What the internet reaches in Google Cloud."""
