#!/usr/bin/env bash
# nmcli --offline writes a Wi-Fi profile with a password that WPA can't have
#
# Software: nmcli 1.42.4-1+deb12u1 (network-manager, Debian 12)
# Guess:    nmcli --offline checks a profile as it checks a static address that is missing: a password of WPA has 8 to
#           63 characters or 64 hexadecimal digits (nm-settings(5), 802-11-wireless-security.psk; IEEE 802.11).
# Seen:     A password of five characters, one of 64 that aren't hexadecimal, and none at all are written, with exit
#           code 0: a card that is prepared so has no network.
# Output:   password of 5 characters: exit code 0, psk=short
#           password of 64 letters: exit code 0, psk= and 64 characters
#           static address without an address: exit code 1
# Callbox:  leaves the network to Raspberry Pi Imager (deploy/README.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get download -qq -o APT::Sandbox::User=root network-manager=1.42.4-1+deb12u1 libnm0=1.42.4-1+deb12u1 \
  libnewt0.52 libndp0 libmm-glib0 libteamdctl0 libbluetooth3)
for package in "$tmp"/*.deb; do dpkg-deb -x "$package" "$tmp/root"; done
LD_LIBRARY_PATH=$(echo "$tmp"/root/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH
nmcli() {
  "$tmp/root/usr/bin/nmcli" --offline connection add con-name box "$@" > "$tmp/profile" 2> "$tmp/error"
}
wifi="type wifi ssid box wifi-sec.key-mgmt wpa-psk wifi-sec.psk"
letters=$(printf 'z%.0s' {1..64})
short=0 long=0 static=0
# shellcheck disable=SC2086
nmcli $wifi short || short=$?
echo "password of 5 characters: exit code $short, $(grep psk= "$tmp/profile")"
# shellcheck disable=SC2086
nmcli $wifi "$letters" || long=$?
written=$(sed -n 's/^psk=//p' "$tmp/profile")
echo "password of 64 letters: exit code $long, psk= and ${#written} characters"
nmcli type ethernet ipv4.method manual || static=$?
echo "static address without an address: exit code $static"
if [ "$short $long $static" != "0 0 1" ]; then
  echo "changed: exit code 0 was expected of both passwords, and 1 without an address" >&2
  exit 1
fi
