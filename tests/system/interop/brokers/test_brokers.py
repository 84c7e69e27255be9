"""The table of brokers in docs/mqtt.md is made of the recording; `make test-brokers` measures each broker again."""

from tests.system.interop.brokers import matrix
from tests.system.interop.brokers.brokers import BROKERS
from tests.system.interop.brokers.features import BOTH, ONLY_5
from tests.system.interop.brokers.sentences import SENTENCES


def test_page_is_made_of_the_recording():
    assert matrix.page(matrix.PAGE.read_text(), matrix.load()) == matrix.PAGE.read_text()


def test_every_broker_and_feature_was_measured():
    recorded = matrix.load()
    assert list(recorded) == list(BROKERS)
    for versions in recorded.values():
        for version, rows in versions.items():
            if rows["CONNECT"] == "yes":
                assert set(rows) == {"CONNECT", *BOTH, *(ONLY_5 if version == "5" else ()), *SENTENCES}


def test_every_no_that_a_box_rests_on_has_its_sentence():
    """Of each of these, what must be said of a broker that can't."""
    resting = {
        "retained message, `+`": ("`callbox doctor`", "`MQTT-NO-RETAINED`"),
        "last will: connection lost": ("`callbox doctor`", "`MQTT-NO-WILL`"),
        "last will: box without power (keep alive)": ("`callbox doctor`", "`MQTT-NO-KEEP-ALIVE`"),
        "a dot in a topic stays a dot": ("The journal with `mqtt.prefix: call.box`", "leave dots out of mqtt.prefix"),
    }
    for broker, versions in matrix.load().items():
        for version, rows in versions.items():
            if rows["CONNECT"] != "yes":
                assert "set mqtt.protocol to 3.1.1" in rows["The journal"], (broker, version)
                assert rows["`callbox doctor`"] == "`MQTT-PROTOCOL`", (broker, version)
                continue
            for feature, (who, text) in resting.items():
                assert (text in rows[who]) is rows[feature].startswith("no"), (broker, version, feature)


def test_versions_that_differ_have_an_answer_each():
    recorded = {"One": {"3.1.1": {"CONNECT": "yes"}, "5": {"CONNECT": "no: refused"}}}
    assert "| CONNECT | 3.1.1: yes; 5: no: refused |" in matrix.table(recorded)
