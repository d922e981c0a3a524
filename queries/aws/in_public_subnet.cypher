/*
title: Resources in public subnets
description: >-
  A subnet is public if its route table sends all internet traffic to an internet gateway. Which
  resources can be reached is what internet_reachable lists.
columns:
  subnet: Id of the subnet.
  gateway: Id of the internet gateway.
  resource: The resource in the subnet.
  id: Its full identity.
*/
MATCH (s:AWSEC2Subnet)-[:ROUTES_TO]->(:AWSRouteTable)<-[:PART_OF]-(route:AWSRoute)
      -[:ROUTES_TO]->(internet:AWSInternetGateway)
WHERE route.destination IN ['0.0.0.0/0', '::/0'] AND route.state = 'active'
MATCH (resource)-[:IN_SUBNET]->(s)
RETURN DISTINCT s.subnet_id AS subnet, internet.internet_gateway_id AS gateway, resource,
       resource.id AS id
ORDER BY subnet, id
