#!/usr/bin/env bash
# irgen writes NEC2 with the short leader of Samsung's NECx, and NECx1 with the long one of NEC, both at 36 kHz
#
# Software: irgen 0.2.0 (PyPI)
# Guess:    NEC1 and NEC2 begin with a mark of 16 units of 562.5 us (9 ms), NECx1 and NECx2, which Samsung has, with one
#           of 8 (4.5 ms); the digit tells how a key that is held is repeated (the protocols' IRP notation, as in
#           IrScrutinizer and DecodeIR). All have a carrier of 38 kHz, which is 006d in Pronto's format, and a frame
#           every 108 ms.
# Seen:     The digit chooses the leader: 9 ms for nec1 and necx1, 4.5 ms for nec2 and necx2. Pronto has 0073, 36 kHz,
#           for each protocol. With -r 2 the second frame comes 1.7 ms behind the first one.
# Output:   leaders of nec1, nec2, necx1, necx2: +9000.0 +4500.0 +9000.0 +4500.0
#           carriers of them: 0073 0073 0073 0073
#           between two frames: -1687.5
# Callbox:  sends no infrared.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps irgen==0.2.0
leaders=() carriers=()
for protocol in nec1 nec2 necx1 necx2; do
  read -r mark _ <<< "$("$tmp/venv/bin/irgen" -i $protocol -d 7 7 2 -o raw)"
  read -r _ carrier _ <<< "$("$tmp/venv/bin/irgen" -i $protocol -d 7 7 2 -o pronto)"
  leaders+=("$mark") carriers+=("$carrier")
done
read -r -a frames <<< "$("$tmp/venv/bin/irgen" -i nec2 -d 7 7 2 -r 2 -o raw)"
gap=${frames[${#frames[@]} / 2 - 1]}
echo "leaders of nec1, nec2, necx1, necx2: ${leaders[*]}"
echo "carriers of them: ${carriers[*]}"
echo "between two frames: $gap"
if [[ "${leaders[*]} ${carriers[*]} $gap" != "+9000.0 +4500.0 +9000.0 +4500.0 0073 0073 0073 0073 -1687.5" ]]; then
  echo "changed: leaders by the digit, 36 kHz and 1.7 ms between two frames were expected"
  exit 1
fi
