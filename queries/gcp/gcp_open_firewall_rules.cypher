/*
title: Firewall rules that let all addresses in
description: >-
  Rules of networks that hold for traffic from 0.0.0.0/0 or ::/0, or that name no source at all.
  What policies above them stop is not taken off: ask internet_reachable for that.
columns:
  network: Name of the network.
  rule: Name of the rule.
  allowed: What it lets through.
  target_tags: Tags of instances that it holds for; empty for all.
  priority: The lower number counts first.
*/
MATCH (network:GCPVpc)-[:PROTECTED_BY]->(rule:GCPFirewall)
WHERE rule.direction = 'INGRESS' AND NOT coalesce(rule.disabled, false) AND size(rule.allowed) > 0
  AND ('0.0.0.0/0' IN rule.source_ranges OR '::/0' IN rule.source_ranges
       OR (size(coalesce(rule.source_ranges, [])) = 0 AND size(coalesce(rule.source_tags, [])) = 0
           AND size(coalesce(rule.source_service_accounts, [])) = 0))
RETURN DISTINCT network.name AS network, rule.name AS rule, rule.allowed AS allowed,
       rule.target_tags AS target_tags, rule.priority AS priority
ORDER BY network, priority, rule
