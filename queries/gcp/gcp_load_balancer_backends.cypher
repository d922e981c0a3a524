/*
title: What answers behind load balancers of Google Cloud
description: Backends of each forwarding rule, with Cloud Armor and Identity-Aware Proxy.
columns:
  rule: Name of the forwarding rule.
  address: Address that it listens on.
  backend: Id of the backend.
  iap: Identity-Aware Proxy asks who calls.
  armor: Name of a policy of Cloud Armor; empty for none.
*/
MATCH (rule:GCPForwardingRule)-[:FORWARDS_TO*1..4]->(backend:GCPBackendService|GCPBackendBucket)
OPTIONAL MATCH (backend)-[:PROTECTED_BY]->(armor:GCPCloudArmorPolicy)
RETURN DISTINCT rule.name AS rule, rule.ip_address AS address, backend.id AS backend,
       backend.iap_enabled AS iap, armor.name AS armor
ORDER BY rule, backend, armor
