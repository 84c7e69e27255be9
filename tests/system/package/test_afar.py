"""What the installed service does for who is elsewhere, under the unit's own limits: doctor, bundle, panel."""

import json

import pytest
from tests.system.package.conftest import SECRET

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(500)]

BROKER_PORT = 18830
AFAR = f"""
device: {{id: afar}}
mqtt: {{host: 127.0.0.1, port: {BROKER_PORT}}}
panel: {{enabled: true}}
"""


@pytest.fixture(scope="module")
def reported(furnished):
    furnished.sh(f"mosquitto -d -p {BROKER_PORT}")
    furnished.write("/etc/callbox/conf.d/20-afar.yaml", AFAR)
    furnished.hang_up()
    yield furnished
    furnished.sh("rm /etc/callbox/conf.d/20-afar.yaml; pkill mosquitto")
    furnished.hang_up()


def ask(pi, command):
    return json.loads(pi.sh(pi.python("tests.rig.mqtt_request", str(BROKER_PORT), "afar", command), timeout_s=160))


def test_remote_doctor(reported):
    answer = ask(reported, "doctor")
    assert (answer["status"], answer["transaction"]) == ("ok", "asked"), answer
    checks = {check["check"] for check in answer["data"]["checks"]}
    assert "mqtt" in checks, answer
    assert "oom" not in reported.journal()
    reported.call()
    assert ask(reported, "doctor")["error"]["code"] == "busy"
    reported.press()
    reported.until_state("disconnected")


def test_the_bundle_has_no_secret(reported):
    answer = ask(reported, "bundle")
    assert answer["status"] == "ok", answer
    assert SECRET not in json.dumps(answer)
    assert answer["data"]["manifest"], answer


def test_the_panel_shows_the_box_to_this_machine(reported):
    reported.until("curl -sf http://127.0.0.1:8067/ | grep -q '<title>Callbox</title>'", 60)
    assert "421" in reported.sh("curl -s -o /dev/null -w '%{http_code}' -H 'Host: evil.example' http://127.0.0.1:8067/")
    assert "127.0.0.1:8067" in reported.sh("ss -ltn")
