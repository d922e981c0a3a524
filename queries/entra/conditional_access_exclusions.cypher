/*
title: Whom Conditional Access leaves out
description: >-
  Users, groups, roles and locations that each policy excludes; the members of the groups are left
  out with them. A policy that excludes none of them is listed once.
columns:
  policy: Name of the policy.
  state: enabled, disabled, or enabledForReportingButNotEnforced.
  excluded: Who or what is excluded; empty for nobody.
  guests: Whether guests are excluded.
  applications: Applications that are excluded.
  platforms: Platforms that are excluded.
  missing: Why what is excluded is missing; empty if it was read.
*/
MATCH (policy:EntraConditionalAccessPolicy)
WHERE policy.missing IS NULL
OPTIONAL MATCH (policy)-[:EXCLUDES]->
      (excluded:EntraUser|EntraGroup|EntraRoleDefinition|EntraNamedLocation)
RETURN policy.name AS policy, policy.state AS state, excluded,
       policy.excludes_guests AS guests, policy.excluded_applications AS applications,
       policy.excluded_platforms AS platforms, excluded.missing AS missing
ORDER BY policy, excluded.id
