"""AWS Certificate Manager: certificates."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Timestamp, field
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi

_KEY_ALGORITHMS = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)


class Certificate(AWSResource):
    """A certificate, issued by AWS or imported (ListCertificates, DescribeCertificate)."""

    label = "AWSACMCertificate"
    identity = "arn:{partition}:acm:{region}:{account}:certificate/{certificate_id}"

    id: str = field("ARN.", wire="CertificateArn")
    certificate_id: str | None = field("Last part of the ARN.")
    name: str | None = field("Domain name.", wire="DomainName")
    subject_alternative_names: list[str] | None = field(
        "All names it holds for.", call="DescribeCertificate"
    )
    status: str | None = field("ISSUED, EXPIRED …", call="DescribeCertificate")
    type: str | None = field("AMAZON_ISSUED, IMPORTED or PRIVATE.", call="DescribeCertificate")
    key_algorithm: str | None = field("Algorithm of its key.", call="DescribeCertificate")
    signature_algorithm: str | None = field("Algorithm that signed it.", call="DescribeCertificate")
    issuer: str | None = field("Who issued it.", call="DescribeCertificate")
    certificate_authority_arn: str | None = field(
        "Private authority that issued it.", call="DescribeCertificate"
    )
    not_before: Timestamp | None = field("Begins to hold.", call="DescribeCertificate")
    not_after: Timestamp | None = field("Ceases to hold.", call="DescribeCertificate")
    renewal_eligibility: str | None = field("Whether AWS can renew it.", call="DescribeCertificate")
    renewal_status: str | None = field("How its renewal stands.", call="DescribeCertificate")
    transparency_logging: str | None = field(
        "ENABLED if it is put into public logs.", call="DescribeCertificate"
    )
    in_use_by: list[str] | None = field(
        "ARNs of the resources that use it.", call="DescribeCertificate"
    )


class ACM(AWSCollector):
    """Certificates with keys of every algorithm."""

    service = "acm"
    permissions = (
        "acm:DescribeCertificate",
        "acm:ListCertificates",
        "acm:ListTagsForCertificate",
    )

    @lists(Certificate)
    def certificates(self, api: AWSApi) -> Iterator[Certificate]:
        """Certificates. By default, the API lists small RSA keys only."""
        raws = api.pages(
            "list_certificates",
            "CertificateSummaryList",
            Includes={"keyTypes": list(_KEY_ALGORITHMS)},
        )

        def detailed(raw: dict[str, Any]) -> Certificate:
            arn = raw["CertificateArn"]
            answer = api.read("describe_certificate", CertificateArn=arn)
            tags = api.read("list_tags_for_certificate", CertificateArn=arn)

            def detail(path: str, empty: Any = "") -> Any:
                return answered(answer, f"Certificate.{path}", empty)

            return Certificate.load(
                raw,
                api.here,
                certificate_id=arn.rpartition("/")[2],
                tags=answered(tags, "Tags", []),
                subject_alternative_names=detail("SubjectAlternativeNames", []),
                status=detail("Status"),
                type=detail("Type"),
                key_algorithm=detail("KeyAlgorithm"),
                signature_algorithm=detail("SignatureAlgorithm"),
                issuer=detail("Issuer"),
                certificate_authority_arn=detail("CertificateAuthorityArn"),
                not_before=detail("NotBefore"),
                not_after=detail("NotAfter"),
                renewal_eligibility=detail("RenewalEligibility"),
                renewal_status=detail("RenewalSummary.RenewalStatus"),
                transparency_logging=detail("Options.CertificateTransparencyLoggingPreference"),
                in_use_by=detail("InUseBy", []),
            )

        yield from api.each(detailed, raws)
