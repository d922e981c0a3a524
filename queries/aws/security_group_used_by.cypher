/*
title: What a security group protects, and which rules name it
description: A group that nothing uses protects nothing; one that rules name opens others.
parameters:
  security_group:
    type: string
    description: Id of the group (sg-…) or its ARN.
    example: sg-0a100000000000002
columns:
  edge: PROTECTED_BY, ALLOWS_FROM or ALLOWS_TO.
  user: What is protected, or the rule.
  id: Full identity of it.
*/
MATCH (user)-[edge:PROTECTED_BY|ALLOWS_FROM|ALLOWS_TO]->(g:AWSEC2SecurityGroup)
WHERE g.id = $security_group OR g.group_id = $security_group
RETURN edge, user, user.id AS id
ORDER BY id
