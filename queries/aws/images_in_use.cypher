/*
title: Machine and container images in use
description: Images and repositories, and what runs from them.
columns:
  image: The image or repository.
  missing: Why it is missing; empty if it was read.
  user: What runs from it.
  id: Full identity of what runs from it.
*/
MATCH (user)-[:USES_IMAGE]->(image)
RETURN DISTINCT image, image.missing AS missing, user, user.id AS id
ORDER BY image.id, id
