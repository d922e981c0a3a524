/*
title: What DNS names resolve to
description: >-
  Records of Route 53 zones and the resource behind each. A name that resolves to something that
  does not exist can often be taken over.
columns:
  name: The DNS name.
  type: Record type.
  target: What it resolves to.
  missing: Why that is missing; empty if it was read.
*/
MATCH (record:AWSRoute53Record)-[:RESOLVES_TO]->(target)
RETURN record.name AS name, record.type AS type, target, target.missing AS missing
ORDER BY name, type, target.id
