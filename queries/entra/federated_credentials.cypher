/*
title: Whose tokens applications and managed identities accept
description: >-
  Federated credentials: anyone who gets such a token from the issuer acts as the application or
  managed identity, without a secret.
columns:
  identity: The application or managed identity.
  issuer: Who issues the tokens.
  subject: Whom they are issued to; empty if an expression says it.
  expression: What the tokens' claims must match instead; empty for none.
  missing: Why the application or identity is missing; empty if it was read.
*/
MATCH (credential:AzureFederatedIdentityCredential|EntraFederatedIdentityCredential)
      -[:PART_OF]->(identity:AzureUserAssignedIdentity|EntraApplication)
WHERE credential.missing IS NULL
RETURN identity, credential.issuer AS issuer, credential.subject AS subject,
       CASE WHEN credential.matching_expression IS NULL THEN credential.claims_matching_expression
            ELSE credential.matching_expression END AS expression,
       identity.missing AS missing
ORDER BY identity.id, issuer, subject
