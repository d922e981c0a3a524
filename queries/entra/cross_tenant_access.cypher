/*
title: What is agreed with other tenants
description: >-
  Settings for each partner tenant and by default: whose sign-ins are trusted, and who may make
  users here. What a partner's settings leave open follows the default.
columns:
  partner: Tenant id of the partner, or default.
  trusts_mfa: Whether multi-factor authentication in its own tenant is enough.
  trusts_devices: Whether devices that its own tenant calls compliant are enough.
  synchronises_users: Whether it may make users here; empty if that was not read.
  skips_consent: Whether its users become guests without being asked.
  guests: Whom it may bring as guests, to which applications; empty for as by default.
*/
MATCH (settings:EntraCrossTenantPolicy)
WHERE settings.missing IS NULL
RETURN settings.name AS partner, settings.trusts_mfa AS trusts_mfa,
       settings.trusts_compliant_devices AS trusts_devices,
       settings.synchronises_users_in AS synchronises_users,
       settings.redeems_invitations_inbound AS skips_consent, settings.guests_inbound AS guests
ORDER BY partner
