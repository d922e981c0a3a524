/*
title: Roles by the AWS service that may assume them
description: Service principals and the roles that trust them.
columns:
  service: The service principal.
  role: Id of the role.
  last_used: When the role was last used; empty if never, or not read.
*/
MATCH (r:AWSRole)-[:TRUSTS]->(principal:AWSServicePrincipal)
RETURN principal.id AS service, r.id AS role, r.last_used_date AS last_used
ORDER BY service, role
