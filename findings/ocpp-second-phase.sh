#!/usr/bin/env bash
# ocpp can't send a limit for the second phase, the charge of a battery, nor the address of a receipt in OCPP 2.1
#
# Software: ocpp 2.1.0 (PyPI)
# Guess:    Its classes of OCPP 2.1 have the fields of the standard in snake case, such as ChargingSchedulePeriodType's
#           limit_l2, and call() makes camel case of them; the result is checked with the schemas that the Open Charge
#           Alliance has published, which it brings along. What its own classes describe passes that check.
# Seen:     The names are put together by a rule with a few exceptions from OCPP 2.0.1: limit_L2 becomes limitL2, soC
#           becomes SoC, soH becomes soh, receiptUrl becomes receiptURL, and fixedPFInject fixedPfInject. So call()
#           refuses to send each of them, and without the check sends names that no station knows. A rule made of the
#           schemas' own names shows that 43 names don't come back.
# Output:   limit_l2: FormatViolationError, 'limitL2' was unexpected
#           soc, soh: FormatViolationError, 'SoC', 'soh' were unexpected
#           receipt_url: FormatViolationError, 'receiptURL' was unexpected
#           names that don't come back: 1.6: 0, 2.0.1: 0, 2.1: 43
# Callbox:  speaks no OCPP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ocpp==2.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import json
import pathlib
import re
import sys

import ocpp
from ocpp.charge_point import camel_to_snake_case, snake_to_camel_case
from ocpp.exceptions import FormatViolationError
from ocpp.v21 import ChargePoint, call
from ocpp.v21.datatypes import (
    BatteryDataType,
    ChargingProfileType,
    ChargingSchedulePeriodType,
    ChargingScheduleType,
    IdTokenType,
)

PERIOD = ChargingSchedulePeriodType(start_period=0, limit=16.0, limit_l2=10.0)
SCHEDULE = ChargingScheduleType(id=1, charging_rate_unit="A", charging_schedule_period=[PERIOD])
PROFILE = ChargingProfileType(
    id=1,
    stack_level=0,
    charging_profile_purpose="TxDefaultProfile",
    charging_profile_kind="Absolute",
    charging_schedule=[SCHEDULE],
)
BATTERY = BatteryDataType(evse_id=1, serial_number="1", soc=80.0, soh=95.0)
TOKEN = IdTokenType(id_token="1", type="Local")
REQUESTS = {
    "limit_l2": call.SetChargingProfile(evse_id=1, charging_profile=PROFILE),
    "soc, soh": call.BatterySwap(battery_data=[BATTERY], event_type="BatteryIn", id_token=TOKEN, request_id=1),
    "receipt_url": call.NotifySettlement(
        psp_ref="1",
        status="Settled",
        settlement_amount=1.0,
        settlement_time="2026-12-01T00:00:00Z",
        receipt_url="https://example.org/1",
    ),
}


class Connection:
    async def send(self, message):
        sys.exit(f"changed: it was sent: {message}")


async def refusal(request):
    """The names that the check didn't expect."""
    try:
        await ChargePoint("station", Connection()).call(request)
    except FormatViolationError as error:
        return re.search(r"\((.*) unexpected\)", error.details["cause"])[1]


def names(schema):
    """The names of all fields of a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from names(part)


seen = {}
for fields, request in REQUESTS.items():
    seen[fields] = asyncio.run(refusal(request))
    print(f"{fields}: FormatViolationError, {seen[fields]} unexpected")
lost = {}
for version, folder in {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}.items():
    fields = set()
    for path in (pathlib.Path(ocpp.__file__).parent / folder / "schemas").glob("*.json"):
        fields.update(names(json.loads(path.read_text("utf-8-sig"))))
    lost[version] = sum(snake_to_camel_case(camel_to_snake_case({field: 0})) != {field: 0} for field in fields)
print("names that don't come back:", ", ".join(f"{version}: {number}" for version, number in lost.items()))
refused = list(seen.values()) == ["'limitL2' was", "'SoC', 'soh' were", "'receiptURL' was"]
if not refused or list(lost.values()) != [0, 0, 43]:
    sys.exit("changed: three requests that are refused were expected, and 43 names of OCPP 2.1")
PY
