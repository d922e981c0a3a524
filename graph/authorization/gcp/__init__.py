"""Who may do what in Google Cloud, by allow policies, deny policies and access boundaries."""
