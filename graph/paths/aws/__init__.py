"""The steps of attack paths on AWS."""
