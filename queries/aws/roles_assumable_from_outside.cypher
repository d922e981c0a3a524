/*
title: Roles that external principals can assume
description: >-
  What the trust policies still allow external principals once conditions, identity providers and
  the organization's policies are evaluated.
columns:
  role: Id of the role.
  outside: Id of the external principal; the internet stands for everyone.
  conditions: Remaining conditions, or what could not be read; empty if it is certain.
*/
MATCH (o:Internet|AWSOIDCProvider|AWSSAMLProvider|AWSEKSCluster)-[e:CAN_ASSUME]->(r:AWSRole)
RETURN r.id AS role, o.id AS outside, e.conditions AS conditions
UNION
MATCH (o:AWSAccount|AWSUser|AWSRole)-[e:CAN_ASSUME]->(r:AWSRole)
WHERE o.missing IS NOT NULL
RETURN r.id AS role, o.id AS outside, e.conditions AS conditions
