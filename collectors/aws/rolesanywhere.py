"""IAM Roles Anywhere: whose certificates are exchanged for which roles."""

from collections.abc import Iterator
from typing import Any

from ...graph.model import Document, Timestamp, field, ref
from ..collector import lists
from .base import AWSCollector, AWSResource, answered
from .session import AWSApi


class TrustAnchor(AWSResource):
    """A certificate authority whose certificates count (ListTrustAnchors), with every profile of
    its account and region."""

    label = "AWSRolesAnywhereTrustAnchor"
    identity = "arn:{partition}:rolesanywhere:{region}:{account}:trust-anchor/{trust_anchor_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="trustAnchorArn")
    trust_anchor_id: str | None = field("Id.")
    enabled: bool | None = field("Its certificates are taken.")
    source_type: str | None = field(
        "AWS_ACM_PCA, CERTIFICATE_BUNDLE or SELF_SIGNED_REPOSITORY.", wire="source.sourceType"
    )
    certificate_authority: str | None = field(
        "ARN of the private authority, if it is one of AWS's.", wire="source.sourceData.acmPcaArn"
    )
    created_at: Timestamp | None = field("When it was made.")
    updated_at: Timestamp | None = field("When it was last changed.")


class Profile(AWSResource):
    """The roles that certificates may be exchanged for (ListProfiles)."""

    label = "AWSRolesAnywhereProfile"
    identity = "arn:{partition}:rolesanywhere:{region}:{account}:profile/{profile_id}"
    wire_case = "camel"

    id: str = field("ARN.", wire="profileArn")
    profile_id: str | None = field("Id.")
    enabled: bool | None = field("It may be used.")
    role_arns: list[str] | None = ref("AWSRole", by="id", rel="GRANTS_ON")
    session_policies: list[str] | None = ref(
        "AWSPolicy", by="id", rel="BOUNDED_BY", wire="managedPolicyArns"
    )
    session_policy: Document | None = field("The policy that limits its sessions.")
    duration_seconds: int | None = field("How long its sessions last.")
    require_instance_properties: bool | None = field("Sessions must say where they come from.")
    created_by: str | None = field("Who made it.")
    created_at: Timestamp | None = field("When it was made.")
    updated_at: Timestamp | None = field("When it was last changed.")


class RolesAnywhere(AWSCollector):
    """Trust anchors and profiles."""

    service = "rolesanywhere"
    permissions = (
        "rolesanywhere:ListProfiles",
        "rolesanywhere:ListTagsForResource",
        "rolesanywhere:ListTrustAnchors",
    )

    @lists(TrustAnchor)
    def trust_anchors(self, api: AWSApi) -> Iterator[TrustAnchor]:
        """Trust anchors, without their certificates."""

        def detailed(raw: dict[str, Any]) -> TrustAnchor:
            return TrustAnchor.load(raw, api.here, tags=_tags(api, raw["trustAnchorArn"]))

        return api.each(detailed, api.pages("list_trust_anchors", "trustAnchors"))

    @lists(Profile)
    def profiles(self, api: AWSApi) -> Iterator[Profile]:
        """Profiles."""

        def detailed(raw: dict[str, Any]) -> Profile:
            return Profile.load(raw, api.here, tags=_tags(api, raw["profileArn"]))

        return api.each(detailed, api.pages("list_profiles", "profiles"))


def _tags(api: AWSApi, arn: str) -> list[dict[str, str]] | None:
    tags: list[dict[str, str]] | None = answered(
        api.read("list_tags_for_resource", resourceArn=arn), "tags", []
    )
    return tags
