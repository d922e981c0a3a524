/*
title: Firewall rules by network
description: Rules of every VPC network, with what they let through.
columns:
  network: Name of the network.
  rule: Name of the firewall rule.
  direction: INGRESS or EGRESS.
  priority: The lower number counts first.
*/
MATCH (vpc:GCPVpc)-[:PROTECTED_BY]->(firewall:GCPFirewall)
RETURN DISTINCT vpc.name AS network, firewall.name AS rule, firewall.direction AS direction,
       firewall.priority AS priority
ORDER BY network, priority, rule
