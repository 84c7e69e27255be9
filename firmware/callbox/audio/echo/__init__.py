"""Echo control: the bot's sound is kept out of the microphone's.

`far_end_reference` keeps what is heard and when, `canceller` takes it out by WebRTC's AEC3 (the `echo` extra),
`half_duplex` closes the microphone while the bot is audible, `selection` chooses.
"""
