/*
title: Guests and their groups
description: Users of other tenants, with the groups that they are direct or nested members of.
columns:
  guest_name: User principal name of the guest.
  member_of: Name of the group.
*/
MATCH (guest:EntraUser)-[:MEMBER_OF*1..5]->(g:EntraGroup)
WHERE guest.user_type = 'Guest'
RETURN DISTINCT guest.user_principal_name AS guest_name, g.name AS member_of
ORDER BY guest_name, member_of
