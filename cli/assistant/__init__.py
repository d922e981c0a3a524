"""What ``clew mcp`` serves to assistants: a scan's answers, cut to what they can take."""
