"""Azure RBAC: whether a principal may do an action on a resource, and by which roles."""
