/*
title: What public addresses are attached to
description: Public IP addresses and the interface or load balancer that each is attached to.
columns:
  address: The IP address; empty if none is allocated.
  name: Name of the public IP address.
  holder: What it is attached to; empty if to nothing.
*/
MATCH (public:AzurePublicIPAddress)
OPTIONAL MATCH (public)-[:ATTACHED_TO]->(holder)
RETURN public.ip_address AS address, public.name AS name, holder
ORDER BY public.id, holder.id
