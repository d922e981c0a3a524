/*
title: Locks, and what they hold
description: >-
  What cannot be deleted, or not be changed at all, with all that lies below it. Anyone who may
  delete a lock is not held up by it.
columns:
  locked: What is locked.
  level: CanNotDelete or ReadOnly.
  lock: Name of the lock.
  notes: What its maker said of it.
  missing: Why what is locked is missing; empty if it was read.
*/
MATCH (locked)-[:BOUNDED_BY]->(holds:AzureLock)
WHERE holds.missing IS NULL
RETURN locked, holds.level AS level, holds.name AS lock, holds.notes AS notes,
       locked.missing AS missing
ORDER BY locked.id, lock
