/*
title: Where topics deliver
description: Subscriptions of every topic, with those that deliver to other accounts.
columns:
  topic: Id of the topic.
  protocol: How it delivers.
  endpoint: Address it delivers to.
  confirmed: Whether the receiver has confirmed.
  target: The resource at that address, if it is one.
*/
MATCH (subscription:AWSSNSSubscription)-[:PART_OF]->(t:AWSSNSTopic)
OPTIONAL MATCH (subscription)-[:DELIVERS_TO]->(target)
RETURN t.id AS topic, subscription.protocol AS protocol, subscription.endpoint AS endpoint,
       subscription.confirmed AS confirmed, target
ORDER BY topic, protocol, endpoint
