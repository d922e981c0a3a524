/*
title: Instances behind classic load balancers
description: Classic load balancers and the instances registered with them.
columns:
  balancer: Name of the load balancer.
  scheme: internet-facing or internal.
  instance: The instance.
  missing: Why the instance is missing; empty if it was read.
*/
MATCH (lb:AWSLoadBalancer)-[:FORWARDS_TO]->(instance:AWSEC2Instance)
RETURN lb.name AS balancer, lb.scheme AS scheme, instance, instance.missing AS missing
ORDER BY balancer, instance.id
