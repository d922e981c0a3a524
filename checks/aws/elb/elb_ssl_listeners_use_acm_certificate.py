"""Classic load balancers whose certificates nobody renews."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="elb_ssl_listeners_use_acm_certificate",
    title="HTTPS and SSL listeners of classic load balancers use certificates that AWS renews",
    provider="aws",
    service="elb",
    severity=Severity.MEDIUM,
    categories=(Category.ENCRYPTION,),
    resource="AWSLoadBalancer",
    what=(
        "Every HTTPS or SSL listener of the load balancer has a certificate that Certificate "
        "Manager issued, publicly or from a private authority. Imported certificates and those "
        "kept in IAM fail. A certificate that this scan cannot see is MANUAL, with the reason. "
        "Load balancers without such listeners are not judged."
    ),
    why="A certificate that has to be renewed by hand expires one day, and the service with it.",
    remediation=(
        "Request a certificate (aws acm request-certificate) and set it: aws elb "
        "set-load-balancer-listener-ssl-certificate --load-balancer-name NAME "
        "--load-balancer-port PORT --ssl-certificate-id ARN"
    ),
    passes="Load balancer {resource} uses {target}, which AWS renews.",
    fails="Listener {port} of load balancer {resource} uses a certificate that AWS does not renew.",
    rule=Cypher("""
        MATCH (l:AWSELBListener)-[:PART_OF]->(balancer:AWSLoadBalancer)
        WHERE l.protocol IN ['HTTPS', 'SSL']
        OPTIONAL MATCH (l)-[:USES_CERTIFICATE]->(certificate:AWSACMCertificate)
        RETURN balancer AS resource, certificate AS target, l AS used_by, l.port AS port,
               CASE WHEN certificate.id IS NULL THEN false
                    ELSE certificate.type IN ['AMAZON_ISSUED', 'PRIVATE']
               END AS passed
    """),
    pass_requires_listing=("AWSELBListener",),
    references=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-update-ssl-cert.html",
    ),
    compliance=("AWS FSBP: ELB.2",),
)
