/*
title: Targets of load balancers
description: Listeners of application, network and gateway load balancers, down to their targets.
columns:
  balancer: Name of the load balancer.
  scheme: internet-facing or internal.
  port: Port of the listener.
  target_group: Name of the target group.
  target_port: Port of the target.
  health: State of the health check.
  destination: What the target is.
*/
MATCH (listener:AWSListener)-[:PART_OF]->(lb:AWSLoadBalancerV2)
MATCH (listener)-[:FORWARDS_TO]->(g:AWSTargetGroup)<-[:PART_OF]-(t:AWSTarget)
OPTIONAL MATCH (t)-[:FORWARDS_TO]->(destination)
RETURN lb.name AS balancer, lb.scheme AS scheme, listener.port AS port,
       g.name AS target_group, t.port AS target_port, t.health AS health, destination
ORDER BY balancer, port, target_group, t.id
