/*
title: Privilege escalation techniques by number of principals
description: The permissions of the first ones are those to remove first.
columns:
  technique: Id of the technique.
  principals: How many users and roles can use it, certainly or conditionally.
  to_admin: How many of these steps lead to an administrator.
*/
MATCH (p:AWSUser|AWSRole)-[e:CAN_ESCALATE_TO]->()
RETURN e.technique AS technique, COUNT(DISTINCT p.id) AS principals,
       sum(CASE WHEN e.admin = true THEN 1 ELSE 0 END) AS to_admin
ORDER BY principals DESC, technique
