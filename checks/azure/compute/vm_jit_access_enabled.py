"""Virtual machines whose ports for administration are opened for who asks."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="vm_jit_access_enabled",
    title="Virtual machines open their ports for administration just in time",
    provider="azure",
    service="compute",
    severity=Severity.MEDIUM,
    categories=(Category.EXPOSURE,),
    resource="AzureVirtualMachine",
    what=(
        "A just-in-time policy of Microsoft Defender for Cloud names the machine. Whether its "
        "ports are open in spite of the policy is what the checks on open ports say."
    ),
    why="A port that is only open while somebody asked for it can be attacked for that long.",
    remediation=(
        "Defender for Cloud > Workload protections > Just-in-time VM access > Enable, which needs "
        "the plan for servers."
    ),
    passes="{resource} is named by just-in-time policy {policy_name}.",
    fails="{resource} is named by no just-in-time policy.",
    rule=Cypher("""
        MATCH (resource:AzureVirtualMachine)
        OPTIONAL MATCH (resource)-[:PROTECTED_BY]->(policy:AzureJitPolicy)
        RETURN resource, policy, policy.name AS policy_name, policy.id IS NOT NULL AS passed
    """),
    fail_requires_listing=("AzureJitPolicy",),
    references=(
        "https://learn.microsoft.com/azure/defender-for-cloud/just-in-time-access-overview",
    ),
)
