"""A report descriptor as USB speakerphones have it: consumer keys, telephony, the LEDs of a telephone."""

SPEAKERPHONE = bytes.fromhex(
    # Consumer Control: report 1, volume up and down, one bit each, six of padding.
    "05 0C 09 01 A1 01 85 01 15 00 25 01 09 E9 09 EA 75 01 95 02 81 02 75 06 95 01 81 03 C0"
    # Telephony, Headset: report 2, Hook Switch (absolute), Phone Mute (relative), Flash (relative), padding.
    "05 0B 09 05 A1 01 85 02 15 00 25 01 09 20 75 01 95 01 81 22 09 2F 09 21 95 02 81 06 75 05 95 01 81 03"
    # LEDs: output report 2, Off-Hook, Mute, Ring, 13 bits of padding.
    "05 08 85 02 09 17 09 09 09 18 75 01 95 03 91 22 75 0D 95 01 91 03 C0"
)
