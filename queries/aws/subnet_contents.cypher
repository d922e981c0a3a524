/*
title: What lies in a subnet
description: Instances, interfaces, functions, databases and everything else in the subnet.
parameters:
  subnet:
    type: string
    description: Id of the subnet (subnet-…) or its ARN.
    example: subnet-0a1000000000000a1
columns:
  resource: What lies in it.
  id: Its full identity.
*/
MATCH (resource)-[:IN_SUBNET]->(subnet:AWSEC2Subnet)
WHERE subnet.id = $subnet OR subnet.subnet_id = $subnet
RETURN DISTINCT resource, resource.id AS id
ORDER BY id
