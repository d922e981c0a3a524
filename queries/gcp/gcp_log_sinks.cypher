/*
title: Where logs of Google Cloud are sent
description: Sinks of projects, folders and organizations with their destinations.
columns:
  scope: Id of what logs.
  sink: Name of the sink.
  destination: Id of where it sends logs.
  missing: Why the destination was not read; empty if it was.
  filter: What is sent; empty for all.
  disabled: It sends nothing.
*/
MATCH (sink:GCPLoggingSink)-[:LOGS_TO]->(destination)
OPTIONAL MATCH (sink)-[:PART_OF]->(scope)
RETURN scope.id AS scope, sink.name AS sink, destination.id AS destination,
       destination.missing AS missing, sink.filter AS filter, sink.disabled AS disabled
ORDER BY scope, sink, destination
