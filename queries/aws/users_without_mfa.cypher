/*
title: Console users without MFA
description: >-
  Users with a password and no MFA device. A user whose password or devices could not be read is
  listed too, with what is unknown left empty.
columns:
  user: Id of the user.
  has_password: Whether the user has a console password; empty if not read.
  mfa_devices: How many MFA devices; empty if not read.
  password_last_used: When the password was last used.
*/
MATCH (u:AWSUser)
WHERE u.missing IS NULL
  AND (u.has_login_profile OR u.has_login_profile IS NULL)
  AND (u.mfa_serial_numbers IS NULL OR size(u.mfa_serial_numbers) = 0)
RETURN u.id AS user, u.has_login_profile AS has_password,
       size(u.mfa_serial_numbers) AS mfa_devices, u.password_last_used AS password_last_used
ORDER BY user
