"""What the internet reaches in Azure."""
