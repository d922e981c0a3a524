"""Projects whose buckets answer outside of any perimeter."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="cloudstorage_uses_vpc_service_controls",
    title="A service perimeter closes Cloud Storage for the project",
    provider="gcp",
    service="storage",
    severity=Severity.MEDIUM,
    categories=(Category.EXPOSURE,),
    resource="GCPProject",
    what=(
        "A regular perimeter of VPC Service Controls that is in force covers the project, and "
        "Cloud Storage is among the services that it restricts. Bridges, and what is only tried "
        "(dry run), do not count. Whom the perimeter lets in and out is not judged."
    ),
    why=(
        "With stolen credentials everything that they may read can be copied from anywhere to a "
        "bucket of the thief's own; within a perimeter neither works."
    ),
    remediation=(
        "gcloud access-context-manager perimeters update PERIMETER --policy=POLICY "
        "--add-resources=projects/NUMBER --add-restricted-services=storage.googleapis.com"
    ),
    passes="{perimeters} closes Cloud Storage for {resource}.",
    fails="No service perimeter closes Cloud Storage for {resource}.",
    rule=Cypher("""
        MATCH (resource:GCPProject)
        OPTIONAL MATCH (perimeter:GCPServicePerimeter)-[:COVERS]->(resource)
        WHERE perimeter.perimeter_type = 'PERIMETER_TYPE_REGULAR'
          AND 'storage.googleapis.com' IN perimeter.restricted_services
        WITH resource, collect(perimeter) AS closing, collect(perimeter.name) AS perimeters
        RETURN resource, closing, size(closing) > 0 AS passed, perimeters
    """),
    fail_requires_listing=("GCPServicePerimeter",),
    references=("https://docs.cloud.google.com/vpc-service-controls/docs/overview",),
)
