/*
title: Administrators of subscriptions and management groups, and why
description: >-
  Principals that may assign any role, by whichever role they hold, custom ones included, directly
  or as members of a group. What lies below a management group is theirs too.
columns:
  scope: The subscription or management group.
  principal: Who administers it.
  reason: Why.
  conditions: Remaining conditions, or what could not be read; empty if it is certain.
*/
MATCH (principal)-[e:ADMINISTERS]->(scope:AzureSubscription|AzureManagementGroup)
RETURN scope, principal, e.reason AS reason, e.conditions AS conditions
ORDER BY scope.id, principal.id
