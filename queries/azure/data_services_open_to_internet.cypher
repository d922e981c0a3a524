/*
title: Data services of Azure that the internet reaches
description: >-
  Storage accounts, key vaults, databases and message brokers whose firewalls let packets from the
  internet in. Whether they then ask who it is is another matter.
columns:
  service: The service.
  from_port: First port.
  to_port: Last port.
  path: How packets get there.
  private_endpoint: Whether it has a private endpoint besides.
  unread: What could not be read, so that the answer is uncertain; empty if it is certain.
*/
MATCH (:Internet)-[reach:CAN_REACH]->
      (service:AzureAppConfiguration|AzureContainerRegistry|AzureCosmosDBAccount
              |AzureEventHubsNamespace|AzureKeyVault|AzureKustoCluster|AzureManagedHsm
              |AzureMySQLFlexibleServer|AzurePostgreSQLFlexibleServer|AzurePostgreSQLServer
              |AzureRedisCache|AzureSQLManagedInstance|AzureSQLServer|AzureSearchService
              |AzureServiceBusNamespace|AzureStorageAccount|AzureSynapseWorkspace)
RETURN DISTINCT service, reach.from_port AS from_port, reach.to_port AS to_port,
       reach.path AS path,
       EXISTS { MATCH (:AzurePrivateEndpoint)-[:CONNECTS_TO]->(service) } AS private_endpoint,
       reach.unread AS unread
ORDER BY service.id, from_port, to_port
