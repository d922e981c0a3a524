/*
title: Firewall policies of organizations, folders and networks
description: Every policy with what it protects.
columns:
  policy: Id of the policy.
  name: Name of the policy.
  protects: Id of what it protects.
*/
MATCH (protected)-[:PROTECTED_BY]->(policy:GCPFirewallPolicy|GCPNetworkFirewallPolicy)
RETURN policy.id AS policy, policy.name AS name, protected.id AS protects
ORDER BY policy, protects
