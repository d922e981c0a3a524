/*
title: What a network security group protects
description: Network interfaces and subnets behind the group.
parameters:
  security_group:
    type: string
    description: Name or ARM id of the network security group; empty for all.
    default: ""
columns:
  security_group: Name of the group.
  resource: The subnet or network interface.
  id: Its full identity.
*/
MATCH (resource)-[:PROTECTED_BY]->(nsg:AzureNetworkSecurityGroup)
WHERE $security_group = '' OR nsg.id = $security_group OR nsg.name = $security_group
RETURN nsg.name AS security_group, resource, resource.id AS id
ORDER BY security_group, id
