"""What directory roles, app roles on Microsoft Graph and ownership allow in Entra ID."""
