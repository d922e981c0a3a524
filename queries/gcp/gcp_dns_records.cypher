/*
title: Records of zones of Cloud DNS
description: What the names of all zones lead to.
columns:
  zone: Name that the zone answers for.
  visibility: public or private.
  name: Name of the records.
  type: Type of the records.
  values: What they lead to.
*/
MATCH (record:GCPRecordSet)-[:PART_OF]->(zone:GCPDNSZone)
RETURN zone.dns_name AS zone, zone.visibility AS visibility, record.name AS name,
       record.type AS type, record.values AS values
ORDER BY zone, visibility, name, type
