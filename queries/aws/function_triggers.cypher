/*
title: What triggers Lambda functions
description: Rules, topics, buckets, queues through their mappings, log filters and load balancers.
columns:
  function: Name of the function.
  edge: How it is triggered.
  trigger: What triggers it.
  source: Where a mapping reads from; empty for other triggers.
*/
MATCH (trigger)-[edge:INVOKES|DELIVERS_TO|FORWARDS_TO]->(f:AWSLambda)
OPTIONAL MATCH (trigger)-[:READS_FROM]->(queue)
RETURN f.name AS function, edge, trigger, queue.id AS source
ORDER BY function, trigger.id
