"""Who can send packets to what: a derivation for each cloud, all of CAN_REACH edges."""
