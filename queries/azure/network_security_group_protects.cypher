/*
title: What a network security group protects
description: Network interfaces and subnets behind the group.
parameters:
  security_group:
    type: resource
    labels: [AzureNetworkSecurityGroup]
    keys: [id, name]
    description: Name or ARM id of the network security group; empty for all.
    default: ""
columns:
  security_group: Name of the group.
  resource: The subnet or network interface.
  id: Its full identity.
  missing: Why it is missing; empty if it was read.
*/
MATCH (resource)-[:PROTECTED_BY]->(nsg:AzureNetworkSecurityGroup)
WHERE $security_group = '' OR nsg.id = $security_group
RETURN nsg.name AS security_group, resource, resource.id AS id,
       resource.missing AS missing
ORDER BY security_group, id
