/*
title: Roles that somebody outside the scan can assume
description: >-
  What remains of trust from outside once conditions, identity providers and the organization's
  policies are reckoned with.
columns:
  role: Id of the role.
  outside: Id of who can assume it, the internet standing for everyone.
  conditions: What must hold beside, or could not be read; nothing if it is certain.
*/
MATCH (o:Internet|AWSOIDCProvider|AWSSAMLProvider|AWSEKSCluster)-[e:CAN_ASSUME]->(r:AWSRole)
RETURN r.id AS role, o.id AS outside, e.conditions AS conditions
UNION
MATCH (o:AWSAccount|AWSUser|AWSRole)-[e:CAN_ASSUME]->(r:AWSRole)
WHERE o.missing IS NOT NULL
RETURN r.id AS role, o.id AS outside, e.conditions AS conditions
