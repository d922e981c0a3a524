/*
title: Virtual machines and their subnets
description: Subnets of virtual machines, through their network interfaces.
columns:
  machine: Id of the virtual machine.
  interface: Name of the network interface.
  address: Private IP address.
  subnet: Id of the subnet.
*/
MATCH (vm:AzureVirtualMachine)<-[:ATTACHED_TO]-(nic:AzureNetworkInterface)
      <-[:PART_OF]-(configuration:AzureNetworkInterfaceIPConfiguration)-[:IN_SUBNET]->(s:AzureSubnet)
RETURN vm.id AS machine, nic.name AS interface, configuration.private_ip_address AS address,
       s.id AS subnet
ORDER BY machine, interface, address
