"""Whether a principal may do an action on a resource, and on which statements that rests."""
