"""What exists is known without loading any cloud's SDK."""

import subprocess
import sys

SDKS = ("azure", "boto3", "botocore", "google.api_core", "google.cloud", "kiota_http", "msgraph")


def test_finding_collectors_and_models_loads_no_sdk() -> None:
    code = (
        "import sys; from clew.collectors.registry import collectors, models, providers; "
        "assert models() and all(collectors(each) for each in providers()); "
        "import clew.collectors.aws.session, clew.collectors.azure.session; "
        "import clew.collectors.gcp.session, clew.collectors.entra.session; "
        f"print([each for each in {SDKS} if each in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
