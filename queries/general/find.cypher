/*
title: Find resources by name or identity
description: Resources whose name or full identity contains a text; upper and lower case are the same.
parameters:
  text:
    type: string
    description: What the name or identity contains.
    example: partner
columns:
  resource: The resource.
  id: Its full identity.
  missing: Why it is missing; empty if it was read.
*/
MATCH (resource)
WHERE toLower(resource.name) CONTAINS toLower($text) OR toLower(resource.id) CONTAINS toLower($text)
RETURN resource, resource.id AS id, resource.missing AS missing
ORDER BY id
