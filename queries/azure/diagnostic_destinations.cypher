/*
title: Where diagnostic settings and flow logs lead
description: What is recorded, and the storage account, workspace or event hub that gets it.
columns:
  recorded: What is recorded.
  setting: Name of the diagnostic setting or flow log.
  destination: Where the records go; empty if nowhere in Azure.
  destination_account: Subscription of the destination.
  missing: Why the destination is missing; empty if it was read.
*/
MATCH (setting:AzureDiagnosticSetting|AzureFlowLog)
WHERE setting.missing IS NULL
OPTIONAL MATCH (setting)-[:AUDITS]->(recorded)
OPTIONAL MATCH (setting)-[:LOGS_TO]->(destination)
RETURN recorded, setting.name AS setting, destination,
       destination.account AS destination_account, destination.missing AS missing
ORDER BY setting.id, destination.id
