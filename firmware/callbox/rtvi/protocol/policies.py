"""Policies for a session whose network has gone. Pure: numbers and the reasons for them.

A Pipecat server keeps a bot for about 30 s after it last heard of its client (ICE consent, RFC 7675: six checks,
5 s apart). Within that time a new peer connection with ``restart_pc`` takes the old one's place, and the bot goes on
in mid-conversation. Measured against Pipecat 1.14.
"""

from dataclasses import dataclass

from callbox.rtvi.arguments import check_type


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Limits of time for each phase of a connection, in seconds. The web client has none of these.

    Raises `RTVIError` for another type.
    """

    devices_s: float = 5.0
    """Opening microphone and loudspeaker; a card that another program holds answers at once."""
    start_s: float = 10.0
    """The start request. A hosted bot may have to be woken."""
    connect_s: float = 15.0
    """Offer, answer, ICE, DTLS, data channel. A server gathers its candidates before it answers: up to 5 s."""
    bot_ready_s: float = 15.0
    """From client-ready to bot-ready."""
    close_s: float = 1.5
    """Taking a transport down; after that it is abandoned."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            check_type(getattr(self, name), int | float, f"{name} of Deadlines takes seconds")


@dataclass(frozen=True, slots=True)
class ReconnectionPolicy:
    """The one place for the numbers. All times are counted from the last packet that arrived, unless said.

    Raises `RTVIError` for another type.
    """

    enabled: bool = True
    """False: a session whose network has gone ends with `SessionLostError`."""
    silence_s: float = 2.5
    """Nothing arrived for so long: tell `RTVIEvent.Reconnecting`.

    A server sends 50 packets a second, silence included, and RTCP every 0.5 to 1.5 s even if told to send no
    silence. aiortc itself notices after 33 s only.
    """
    ping_pause_s: float = 1.2
    """Nothing arrived for so long: stop pinging, so that `unheard_s` begins early."""
    unheard_s: float = 3.2
    """Don't restart before so long after our last ping.

    A server that has heard a ping within 3 s believes in the connection and waits for its old track to take sound;
    replaced in that moment, its bot stays mute for the rest of the session (6 of 6 times).
    """
    proof_s: float = 1.0
    """From the moment in which connect() takes up a session that stood by: when nothing at all arrives within this
    time, another session is made. The way to the bot may have gone without a sign; see `silence_s` for what a server
    sends anyway, beside its acknowledgement of client-ready.
    """
    quiet_s: float = 3.0
    """So long after `RTVIEvent.Reconnecting` the TransportState stays as it is; then it says ``connecting``.

    Most gaps of Wi-Fi end sooner, and a lamp that flickers is of no help; one that says "ready" for longer lies.
    """
    attempt_s: float = 6.0
    """How long one attempt may take. aiortc's ICE would try an address that leads nowhere for 63 s."""
    pause_s: float = 1.0
    """Between two attempts."""
    give_up_s: float = 26.0
    """After this the server may have dropped the bot (27 to 39 s): a later restart would begin with another one."""

    def __post_init__(self) -> None:
        check_type(self.enabled, bool, "enabled of a ReconnectionPolicy takes True or False")
        for name in self.__slots__:
            check_type(getattr(self, name), int | float, f"{name} of a ReconnectionPolicy takes seconds")


NO_RECONNECTION = ReconnectionPolicy(enabled=False)
