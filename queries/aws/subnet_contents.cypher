/*
title: Resources in a subnet
description: Instances, interfaces, functions, databases and everything else in the subnet.
parameters:
  subnet:
    type: resource
    labels: [AWSEC2Subnet]
    keys: [id, subnet_id, name]
    description: Id (subnet-…), ARN or name of the subnet.
    example: subnet-0a1000000000000a1
columns:
  resource: The resource.
  id: Its full identity.
*/
MATCH (resource)-[:IN_SUBNET]->(subnet:AWSEC2Subnet)
WHERE subnet.id = $subnet
RETURN DISTINCT resource, resource.id AS id
ORDER BY id
