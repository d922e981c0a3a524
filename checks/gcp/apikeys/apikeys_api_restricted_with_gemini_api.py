"""API keys that open Gemini in addition to what they were made for."""

from ...check import Category, Check, Cypher, Severity

check = Check(
    id="apikeys_api_restricted_with_gemini_api",
    title="API keys that were made for something else do not open Gemini",
    provider="gcp",
    service="apikeys",
    severity=Severity.HIGH,
    categories=(Category.IDENTITY,),
    resource="GCPApiKey",
    what=(
        "Where the Generative Language API (Gemini) is switched on in the project, a key opens "
        "either Gemini alone or other APIs alone. A key that nothing restricts, or that opens all "
        "of Google Cloud's APIs (cloudapis.googleapis.com), opens Gemini, too. Who may use the key "
        "from where does not count."
    ),
    why=(
        "Keys of maps and the like stand in web pages and apps, where everyone finds them. As "
        "soon as Gemini is switched on they run up its bill and read what was uploaded to it."
    ),
    remediation="gcloud services api-keys update KEY --api-target=service=SERVICE",
    passes="{resource} does not open Gemini in addition to other APIs.",
    fails="{resource} opens Gemini, and {others}.",
    rule=Cypher("""
        MATCH (resource:GCPApiKey)
        OPTIONAL MATCH (api:GCPEnabledService)
        WHERE api.account = resource.account AND api.state = 'ENABLED'
          AND api.name = 'generativelanguage.googleapis.com'
        RETURN resource, api,
               CASE WHEN size(resource.services) = 0 THEN 'every other API'
                    ELSE 'other APIs' END AS others,
               CASE WHEN resource.services IS NULL AND api.id IS NOT NULL THEN null
                    WHEN api.id IS NULL THEN true
                    ELSE NOT (size(resource.services) = 0
                              OR 'cloudapis.googleapis.com' IN resource.services
                              OR ('generativelanguage.googleapis.com' IN resource.services
                                  AND size(resource.services) > 1))
               END AS passed
    """),
    pass_requires_listing=("GCPEnabledService",),
    references=("https://docs.cloud.google.com/docs/authentication/api-keys-best-practices",),
)
