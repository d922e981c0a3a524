/*
title: Log-based metrics with their alert policies and notification channels
description: Every log-based metric, the alert policies that watch it, and the channels that these notify.
columns:
  metric: Id of the metric.
  filter: What it counts.
  policy: Alert policy that watches it; empty for none.
  enabled: The policy raises alarms.
  channel: Name of a notification channel; empty for none.
*/
MATCH (metric:GCPLogMetric)
OPTIONAL MATCH (policy:GCPAlertPolicy)-[:WATCHES]->(metric)
OPTIONAL MATCH (policy)-[:NOTIFIES]->(channel:GCPNotificationChannel)
RETURN metric.id AS metric, metric.filter AS filter, policy.name AS policy,
       policy.enabled AS enabled, channel.name AS channel
ORDER BY metric, policy, channel
