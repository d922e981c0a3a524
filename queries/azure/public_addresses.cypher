/*
title: What public addresses are attached to
description: Public IP addresses and the interface or load balancer that holds each.
columns:
  address: The IP address; empty if none is allocated.
  name: Name of the public IP address.
  holder: What holds it; empty if nothing does.
*/
MATCH (public:AzurePublicIPAddress)
OPTIONAL MATCH (public)-[:ATTACHED_TO]->(holder)
RETURN public.ip_address AS address, public.name AS name, holder
ORDER BY public.id, holder.id
