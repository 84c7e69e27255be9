"""The report descriptor of a Jabra Speak 510, as published in HidSharp's issue 15; its end, which is cut off there, is made
after that of its report 4. What it says of itself is odd: hook switch and mute are constants that change all the same.
"""

SPEAKERPHONE = bytes.fromhex(
    # Consumer Control: report 1, volume down and up, and six more.
    "05 0c 09 01 a1 01 85 01 05 0c 15 00 25 01 09 ea 09 e9 09 cd 09 b7 09 b5 09 b6 09 b3 09 b4 75 01 95 08 81 02 c0"
    # The maker's own: reports 2, 5 and 4.
    "06 00 ff 09 01 a1 01 85 02 09 01 15 00 26 ff 00 75 08 95 20 92 02 01 09 01 15 00 26 ff 00 75 08 95 20 82 02 01"
    "85 05 06 20 ff 15 00 25 01 09 ea 09 e9 09 e2 75 01 95 03 81 07 75 01 95 0d 81 01 15 00 25 01 0a fb ff 0a fa ff"
    "75 01 95 02 91 06 75 01 95 06 91 01 0a ff ff 75 01 95 01 b1 22 75 01 95 07 b1 01 85 04 06 30 ff 15 00 25 01"
    "09 20 09 97 09 2b 09 2a 75 01 95 04 81 23 09 2f 09 21 09 24 0a fd ff 09 50 75 01 95 05 81 07 0a fc ff 75 01"
    "95 01 81 23 09 06 a1 02 19 b0 29 bb 15 00 25 0c 75 04 95 01 81 40 c0 75 01 95 02 81 01 0a ff ff 15 00 25 01"
    "75 01 95 01 b1 22 75 01 95 07 b1 01 06 40 ff 15 00 25 01 09 17 09 1e 09 09 09 18 09 20 09 21 09 2a 75 01 95 07"
    "91 22 06 30 ff 15 00 25 01 09 9e 75 01 95 01 91 22 75 01 95 08 91 01 c0"
    # Telephony, Headset: report 3, Hook Switch, Line Busy Tone and two more, Phone Mute, Flash, Redial, Speed Dial, a keypad.
    "05 0b 09 05 a1 01 85 03 05 0b 15 00 25 01 09 20 09 97 09 2b 09 2a 75 01 95 04 81 23 09 2f 09 21 09 24 09 50"
    "75 01 95 04 81 07 09 06 a1 02 19 b0 29 bb 15 00 25 0c 75 04 95 01 81 40 c0 75 01 95 04 81 01"
    # Its LEDs: Off-Hook, Speaker, Mute, Ring, Hold, Microphone, On-Line; the ringer; padding.
    "05 08 15 00 25 01 09 17 09 1e 09 09 09 18 09 20 09 21 09 2a 75 01 95 07 91 22 05 0b 15 00 25 01 09 9e 75 01 95 01"
    "91 22 75 01 95 08 91 01 c0"
)
OFF_HOOK, PHONE_MUTE, ON_HOOK = b"\x03\x01\x00", b"\x03\x11\x00", b"\x03\x00\x00"
"""Reports of its keys: the first and the fifth bit."""
VOLUME_UP, NO_KEY = b"\x01\x02", b"\x01\x00"
LINE_IDLE, LINE_BUSY, LINE_MUTED = b"\x03\x00\x00", b"\x03\x01\x00", b"\x03\x05\x00"
"""Reports to its LEDs: Off-Hook is the first bit, Mute the third."""
