/*
title: What each trail depends on
description: Buckets, log groups, keys, topics and roles of every CloudTrail trail.
columns:
  trail_id: Id of the trail.
  is_logging: Whether it is logging; empty if that could not be read.
  edge: How the trail uses the resource.
  target: The resource it needs.
  missing: Why that resource is missing; empty if it was read.
*/
MATCH (t:AWSCloudTrailTrail)-[edge:LOGS_TO|ENCRYPTED_BY|NOTIFIES|USES_ROLE]->(target)
RETURN t.id AS trail_id, t.is_logging AS is_logging, edge, target, target.missing AS missing
ORDER BY trail_id, target.id
