/*
title: Unused security groups
description: >-
  No resource in the scan is protected by them and no rule refers to them. Default groups are among
  them; AWS does not let those be deleted.
columns:
  security_group: Id of the group.
  name: Its name.
  id: Its full identity.
*/
MATCH (g:AWSEC2SecurityGroup)
WHERE g.missing IS NULL
  AND NOT EXISTS { MATCH (user)-[:PROTECTED_BY]->(g) }
  AND NOT EXISTS { MATCH (:AWSEC2SecurityGroupRule)-[:ALLOWS_FROM]->(g) }
  AND NOT EXISTS { MATCH (:AWSEC2SecurityGroupRule)-[:ALLOWS_TO]->(g) }
RETURN g.group_id AS security_group, g.name AS name, g.id AS id
ORDER BY id
