/*
title: What a security group protects, and which rules refer to it
description: Resources behind the group, and rules of other groups that refer to it.
parameters:
  security_group:
    type: resource
    labels: [AWSEC2SecurityGroup]
    keys: [id, group_id, name]
    description: Id (sg-…), ARN or name of the group.
    example: sg-0a100000000000002
columns:
  edge: PROTECTED_BY, ALLOWS_FROM or ALLOWS_TO.
  user: What is protected, or the rule.
  id: Full identity of it.
*/
MATCH (user)-[edge:PROTECTED_BY|ALLOWS_FROM|ALLOWS_TO]->(g:AWSEC2SecurityGroup)
WHERE g.id = $security_group
RETURN edge, user, user.id AS id
ORDER BY id
