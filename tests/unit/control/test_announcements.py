from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from callbox.control.announcements import (
    NEW,
    TABLE,
    Announcement,
    AnnouncementAction,
    AnnouncementEvent,
    AnnouncementOutcome,
    Announcements,
    AnnouncementState,
    EndedAnnouncement,
    Priority,
    SoundBytes,
    Words,
    expiry,
    markdown,
)

E, A, S, P = AnnouncementEvent, AnnouncementAction, AnnouncementState, Priority
LUNCH, BATH = Announcement("lunch", Words("Lunch is ready")), Announcement("bath", Words("The bath is full"))
FIRE, GAS = (Announcement(name, Words(name), P.HIGH) for name in ("fire", "gas"))
HOUR = Announcement("hour", Words("It is three"), P.LOW)


def after(*steps, announcements=None):
    now = announcements or Announcements()
    for step in steps:
        is_new = isinstance(step, Announcement)
        now, _ = now.on(NEW[step.priority], step) if is_new else now.on(step)
    return now


def test_every_pair_is_decided():
    assert set(TABLE) == set(product(AnnouncementState, AnnouncementEvent))
    assert all(f"| **{event.value}** |" in markdown() for event in AnnouncementEvent)


def test_announcements_are_played_one_after_the_other():
    playing = after(LUNCH, BATH)
    assert (playing.state, playing.playing, playing.waiting) == (S.PLAYING, LUNCH, (BATH,))
    assert after(E.PLAYED, announcements=playing) == Announcements(
        (), BATH, False, EndedAnnouncement("lunch", AnnouncementOutcome.PLAYED)
    )
    assert after(E.PLAYED, E.PLAYED, announcements=playing).state is S.IDLE


def test_a_normal_one_waits_for_the_end_of_a_call_and_one_that_is_played_begins_anew():
    waiting = after(E.BUSY_BEGAN, LUNCH)
    assert waiting.state is S.BUSY
    assert after(E.BUSY_ENDED, announcements=waiting) == Announcements((), LUNCH)
    broken_off = after(LUNCH, BATH, E.BUSY_BEGAN)
    assert broken_off == Announcements((LUNCH, BATH), None, True)
    assert after(E.BUSY_ENDED, announcements=broken_off) == Announcements((BATH,), LUNCH)


def test_one_of_high_priority_goes_first_and_into_a_call():
    assert after(LUNCH, FIRE, GAS) == Announcements((GAS, LUNCH), FIRE)
    assert after(E.BUSY_BEGAN, LUNCH, FIRE).state is S.BUSY_PLAYING
    in_call = after(E.BUSY_BEGAN, LUNCH, FIRE, GAS)
    assert after(E.PLAYED, announcements=in_call).playing == GAS
    assert after(E.PLAYED, E.PLAYED, announcements=in_call).waiting == (LUNCH,)
    assert after(FIRE, E.BUSY_BEGAN, E.BUSY_ENDED).playing == FIRE  # it is played on


def test_one_of_low_priority_is_played_at_once_or_not_at_all():
    assert after(HOUR).playing == HOUR
    for before in (after(LUNCH), after(FIRE), after(E.BUSY_BEGAN), after(E.BUSY_BEGAN, FIRE)):
        assert before.on(E.LOW, HOUR) == (before, A.REFUSE)


def test_a_press_stops_it_but_in_a_call():
    stopped, action = after(LUNCH, BATH).on(E.PRESS)
    assert (action, stopped.playing, stopped.ended) == (
        A.STOP,
        BATH,
        EndedAnnouncement("lunch", AnnouncementOutcome.STOPPED),
    )
    in_call = after(E.BUSY_BEGAN, FIRE)
    assert in_call.on(E.PRESS) == (in_call, None)


def test_a_failure_says_why():
    failed, _ = after(LUNCH).on(E.FAILED, reason="no sound")
    assert failed.ended == EndedAnnouncement("lunch", AnnouncementOutcome.FAILED, "no sound")


def test_what_waits_expires():
    waiting = after(E.BUSY_BEGAN, LUNCH, BATH)
    now, action = waiting.on(E.EXPIRED, LUNCH, "quiet hours")
    assert (now.waiting, now.ended, action) == (
        (BATH,),
        EndedAnnouncement("lunch", AnnouncementOutcome.EXPIRED, "quiet hours"),
        A.DROP,
    )
    assert expiry(Announcements(), 0, {}, 600) == (None, None)
    assert expiry(waiting, 0, {"lunch": 100}, 600) == (None, 500)
    assert expiry(waiting, 0, {"lunch": 600 - 1e-9}, 600) == (LUNCH, None)
    late = Announcement("late", Words("It is late"), until=1000.0)
    assert expiry(after(E.BUSY_BEGAN, late), 990, {}, 600) == (None, 10)
    assert expiry(after(E.BUSY_BEGAN, late), 1000, {}, 600) == (late, None)


def test_a_sound_is_not_in_the_log():
    assert "data" not in repr(SoundBytes(b"\0" * 1000))


@given(st.lists(st.sampled_from([E.BUSY_BEGAN, E.BUSY_ENDED, E.PLAYED, E.FAILED, E.EXPIRED, E.PRESS, *Priority])))
def test_none_is_lost_doubled_or_played_into_a_call_unasked(steps):
    now, accepted, ended = Announcements(), [], []
    for number, step in enumerate(steps):
        before = now
        if isinstance(step, Priority):
            one = Announcement(f"{number}", Words("x"), step)
            now, action = now.on(NEW[step], one)
            accepted += [one.id] if action is not A.REFUSE else []
        else:
            about = now.waiting[-1] if step is E.EXPIRED and now.waiting else None
            if step is not E.EXPIRED or about:
                now, _ = now.on(step, about)
        ended += [now.ended.id] if now.ended is not before.ended and now.ended else []
        assert not (now.is_busy and now.playing and now.playing.priority is not P.HIGH)
        assert now.playing or now.is_busy or not now.waiting
    left = [*now.waiting, *([now.playing] if now.playing else [])]
    assert sorted([*ended, *(one.id for one in left)]) == sorted(accepted)
