"""The bot doesn't hear itself: what the loudspeaker plays, and what is done about it in the microphone's sound.

`far_end_reference` keeps what is heard and when, `canceller` takes it out by WebRTC's AEC3 (the `echo` extra),
`half_duplex` closes the microphone while the bot is audible, `selection` chooses.
"""
