#!/bin/sh
# Runs the command as boot.py was asked to, and tells how it ended; then the host ends this machine.
. /run/vpi/settings
cut -d' ' -f1 /proc/uptime >/run/vpi/ready
if [ "$VPI_INTERACTIVE" = 1 ]; then
    exec </dev/tty1 >/dev/tty1 2>&1
else
    exec </dev/null >/run/vpi/stdout 2>/run/vpi/stderr
fi
. /run/vpi/environment
if [ "$VPI_USER" = root ]; then
    setsid $([ "$VPI_INTERACTIVE" = 1 ] && echo --ctty) --wait sh /run/vpi/command
else
    for group in audio gpio; do usermod --append --groups $group "$VPI_USER"; done
    HOME=$(getent passwd "$VPI_USER" | cut -d: -f6) setpriv --reuid="$VPI_USER" \
        --regid="$(id -g "$VPI_USER")" --init-groups -- sh /run/vpi/command
fi
echo $? >/run/vpi/ending
sync
mv /run/vpi/ending /run/vpi/ended
sleep 60
