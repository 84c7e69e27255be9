"""No secret is in any publication: a canary stands wherever the settings may hold one, or where somebody puts one."""

import time
from datetime import UTC, datetime

import pytest

from callbox.app.compose import info_payload, make_composition
from callbox.config import SettingsError, load_all
from callbox.control.faults import Fault, Problem, problem_from_settings
from callbox.control.status import Status
from callbox.mqtt.model import topics
from callbox.mqtt.model.inbound import InboundHandler
from callbox.mqtt.model.outbox import Outbox
from callbox.mqtt.model.publications import BoxPublications, MqttCounters, Timestamp
from callbox.mqtt.model.topics import Publication, Topics
from callbox.rtvi import TransportState as S
from callbox.system.host_metrics import HostMetrics

CANARY = "c4n4ry-s3cr3t"
KITCHEN = Topics("callbox", "kitchen")
BOT = "bot: {offer_url: 'http://192.168.1.20:7860/api/offer'}\n"
WRONG = {
    "no space": f"{BOT}mqtt:\n  host: h\n  password:{CANARY}\n",
    "no-break space": f"{BOT}mqtt:\n  password:\u00a0{CANARY}\n",
    "equals sign": f"{BOT}mqtt:\n  PASSWORD={CANARY}\n",
    "user in host": f"{BOT}mqtt: {{host: 'mqtt://box:{CANARY}@h'}}\n",
    "password in host": f"{BOT}mqtt: {{host: 'box:{CANARY}@h'}}\n",
    "password as text": f"{BOT}mqtt: {{host: h, password: {CANARY}}}\n",
    "password as list": f"{BOT}mqtt: {{host: h, password: [{CANARY}]}}\n",
    "password as key": f"{BOT}mqtt: {{host: h, password: {{{CANARY}: 1}}}}\n",
    "token": f"{BOT}panel: {{token: {CANARY}}}\n",
    "header": f"bot: {{offer_url: 'http://h/o', headers: {{Authorization: [{CANARY}]}}}}\n",
    "address": f"bot: {{offer_url: 'http://box:{CANARY}@h/o'}}\n",
}


def publications(problem, info=None, discovery=None):
    """Everything that a box publishes about `problem`."""
    now = Timestamp(datetime.now(UTC), 0.0)
    sent: list[Publication] = []

    def send(publication):
        sent.append(publication)
        return len(sent)

    box = BoxPublications(KITCHEN, "b00t", info or {}, now, discovery)
    outbox = Outbox(time.monotonic)
    outbox.open(send)
    handler = InboundHandler(box, outbox)
    outbox.publish(box.status(Status(S.ERROR, problem=problem), now))
    outbox.publish(box.health(HostMetrics(0.4, 58.2, 47.2, [], -58), MqttCounters(), now))
    handler.on_connected()
    handler.on_message(KITCHEN.of(topics.REQUEST, "mute"), b"{", retained=False)
    return sent


@pytest.mark.parametrize("where", WRONG)
def test_errors_of_settings_are_published_without_the_secret(tmp_path, where):
    file = tmp_path / "callbox.yaml"
    file.write_text(WRONG[where])
    with pytest.raises(SettingsError) as caught:
        load_all(file, (), {})
    sent = publications(problem_from_settings(caught.value.errors))
    assert any(one.topic == KITCHEN.of(topics.ALERT, Fault.SETTINGS_WRONG.code) for one in sent)
    assert not [one for one in sent if CANARY.encode() in one.payload]


def test_settings_with_secrets_are_published_without_them(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(CANARY)
    secret.chmod(0o600)
    reference = f"{{file: {secret}}}"
    file = tmp_path / "callbox.yaml"
    file.write_text(
        f"bot: {{offer_url: 'http://h/o?key={CANARY}', headers: {{Authorization: {reference}}}, "
        f"request_data: {{key: {CANARY}}}}}\n"
        f"mqtt: {{host: h, username: {reference}, password: {reference}}}\npanel: {{token: {reference}}}\n"
    )
    composition = make_composition(load_all(file, (), {}))
    assert composition.broker is not None
    assert composition.broker.password == CANARY
    sent = publications(Problem(Fault.BOT_FAILED, "gone"), info_payload(composition.settings), composition.discovery())
    assert {one.topic for one in sent} > {KITCHEN.of(topics.INFO), composition.discovery().topic}
    assert not [one for one in sent if CANARY.encode() in one.payload]
