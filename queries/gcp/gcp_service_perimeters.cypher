/*
title: Perimeters of VPC Service Controls
description: What each perimeter covers and which services it closes.
columns:
  perimeter: Title of the perimeter.
  type: Regular, or a bridge.
  covers: Id of a project or network that it covers.
  services: Services that it closes.
  access_level: Name of an access level that is let in; empty for none.
*/
MATCH (perimeter:GCPServicePerimeter)-[:COVERS]->(covered)
OPTIONAL MATCH (perimeter)-[:ALLOWS_FROM]->(level:GCPAccessLevel)
RETURN perimeter.name AS perimeter, perimeter.perimeter_type AS type, covered.id AS covers,
       perimeter.restricted_services AS services, level.name AS access_level
ORDER BY perimeter, covers, access_level
