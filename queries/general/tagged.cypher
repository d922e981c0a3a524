/*
title: Resources with a tag
description: Resources with exactly this tag.
parameters:
  tag:
    type: tag
    description: The tag as key=value.
    example: data=sensitive
columns:
  resource: The resource.
  id: Its full identity.
*/
MATCH (resource)
WHERE $tag IN resource.tags
RETURN resource, resource.id AS id
ORDER BY id
