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
MATCH (source:AzureDiagnosticSetting|AzureFlowLog)
WHERE source.missing IS NULL
OPTIONAL MATCH (source)-[:AUDITS]->(recorded)
OPTIONAL MATCH (source)-[:LOGS_TO]->(destination)
RETURN recorded, source.name AS setting, destination,
       destination.account AS destination_account, destination.missing AS missing
ORDER BY source.id, destination.id
