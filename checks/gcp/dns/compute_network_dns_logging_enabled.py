"""Networks whose queries of names nobody logs."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="compute_network_dns_logging_enabled",
    title="Queries of names in networks are logged",
    provider="gcp",
    service="compute",
    severity=Severity.MEDIUM,
    categories=(Category.LOGGING,),
    resource="GCPVpc",
    what=(
        "A DNS policy that holds for the network, of whatever scanned project, logs its queries. "
        "Networks are compared by their full names: one of the same name in another project is "
        "another network."
    ),
    why="What software calls home to, and what is smuggled out in names, is seen nowhere else.",
    remediation="gcloud dns policies update POLICY --networks=NETWORK --enable-logging",
    passes="Queries of names in {resource} are logged.",
    fails="No DNS policy logs queries of names in {resource}.",
    rule=Cypher("""
        MATCH (resource:GCPVpc)
        OPTIONAL MATCH (policy:GCPDNSPolicy)-[:COVERS]->(resource)
        RETURN resource, policy,
               CASE WHEN policy.id IS NULL THEN false ELSE policy.logging_enabled END AS passed
    """),
    fail_requires_listing=("GCPDNSPolicy",),
    references=("https://docs.cloud.google.com/dns/docs/monitoring",),
)
