/*
title: Public snapshots and images
description: EBS snapshots and machine images of the scanned accounts that anyone may copy.
columns:
  kind: What it is.
  id: Its full identity.
*/
MATCH (snapshot:AWSEBSSnapshot)
WHERE snapshot.is_public AND snapshot.missing IS NULL
RETURN 'EBS snapshot' AS kind, snapshot.id AS id
UNION ALL
MATCH (image:AWSImage)
WHERE image.public AND image.missing IS NULL
RETURN 'machine image' AS kind, image.id AS id
