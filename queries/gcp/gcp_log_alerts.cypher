/*
title: Metrics of logs, and who is told when they count something
description: Log-based metrics with the alert policies that watch them, and their channels.
columns:
  metric: Id of the metric.
  filter: What it counts.
  policy: Alert policy that watches it; empty for none.
  enabled: The policy raises alarms.
  channel: Name of a channel that is told; empty for none.
*/
MATCH (metric:GCPLogMetric)
OPTIONAL MATCH (policy:GCPAlertPolicy)-[:WATCHES]->(metric)
OPTIONAL MATCH (policy)-[:NOTIFIES]->(channel:GCPNotificationChannel)
RETURN metric.id AS metric, metric.filter AS filter, policy.name AS policy,
       policy.enabled AS enabled, channel.name AS channel
ORDER BY metric, policy, channel
