"""The table of brokers in docs/mqtt.md is made of the recording; `make test-brokers` measures each broker again."""

from tests.system.interop.brokers import matrix
from tests.system.interop.brokers.brokers import BROKERS
from tests.system.interop.brokers.features import BOTH, ONLY_5


def test_page_is_made_of_the_recording():
    assert matrix.page(matrix.PAGE.read_text(), matrix.load()) == matrix.PAGE.read_text()


def test_every_broker_and_feature_was_measured():
    recorded = matrix.load()
    assert list(recorded) == list(BROKERS)
    for versions in recorded.values():
        for version, rows in versions.items():
            if rows["CONNECT"] == "yes":
                assert set(rows) == {"CONNECT", *BOTH, *(ONLY_5 if version == "5" else ())}


def test_versions_that_differ_have_an_answer_each():
    recorded = {"One": {"3.1.1": {"CONNECT": "yes"}, "5": {"CONNECT": "no: refused"}}}
    assert "| CONNECT | 3.1.1: yes; 5: no: refused |" in matrix.table(recorded)
