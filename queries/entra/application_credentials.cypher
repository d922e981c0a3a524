/*
title: Secrets and certificates of applications, and when they end
description: >-
  Those that have ended, or end soon, are to be renewed; those that end in many years are never
  rotated. Managed identities, whose certificates Azure renews, are left out.
parameters:
  ends_before:
    type: date
    description: Only what ends before this day (2026-12-31); empty for any.
    default: ""
  ends_after:
    type: date
    description: Only what ends after this day (2028-12-31); empty for any.
    default: ""
columns:
  holder: The application or service principal.
  kind: secret or certificate.
  expires: When it ends; empty if that was not read.
*/
MATCH (holder:EntraApplication|EntraServicePrincipal)
WHERE holder.missing IS NULL
  AND NOT EXISTS { MATCH (sp:EntraServicePrincipal)
                   WHERE sp.id = holder.id AND sp.service_principal_type = 'ManagedIdentity' }
UNWIND CASE WHEN holder.secret_expiries IS NULL THEN [''] ELSE holder.secret_expiries END AS expires
WITH holder, expires
WHERE expires = '' OR (($ends_before = '' OR expires < $ends_before)
                    AND ($ends_after = '' OR expires > $ends_after))
RETURN holder, 'secret' AS kind, expires
UNION ALL
MATCH (holder:EntraApplication|EntraServicePrincipal)
WHERE holder.missing IS NULL
  AND NOT EXISTS { MATCH (sp:EntraServicePrincipal)
                   WHERE sp.id = holder.id AND sp.service_principal_type = 'ManagedIdentity' }
UNWIND CASE WHEN holder.certificate_expiries IS NULL THEN ['']
            ELSE holder.certificate_expiries END AS expires
WITH holder, expires
WHERE expires = '' OR (($ends_before = '' OR expires < $ends_before)
                    AND ($ends_after = '' OR expires > $ends_after))
RETURN holder, 'certificate' AS kind, expires
