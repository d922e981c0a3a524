/*
title: Subscriptions of each management group
description: >-
  Subscriptions that lie in a management group, directly or by a group below it. What is granted on
  the group holds in all of them.
columns:
  management_group: Name of the management group.
  subscription: The subscription.
  directly: Whether it lies in the group itself.
  state: Whether it is enabled.
  missing: Why it is missing; empty if it was read.
*/
MATCH (subscription:AzureSubscription)-[:PART_OF*1..7]->(above:AzureManagementGroup)
RETURN DISTINCT above.name AS management_group, subscription,
       EXISTS { MATCH (subscription)-[:PART_OF]->(above) } AS directly,
       subscription.state AS state, subscription.missing AS missing
ORDER BY management_group, subscription.id
