/*
title: Projects and folders by what they lie in
description: The tree below organizations, one step at a time.
columns:
  above: Name of the organization or folder.
  resource: Name of what lies in it.
  id: Id of that.
  missing: Why what is above was not read; empty if it was.
*/
MATCH (part:GCPProject|GCPFolder)-[:PART_OF]->(above)
RETURN above.name AS above, part.name AS resource, part.id AS id, above.missing AS missing
ORDER BY above, resource, id
