#!/bin/sh
# Makes way for systemd as the first process, with the command as a service of it, and becomes it.
units=/run/systemd/system
mkdir -p $units
cat >$units/vpi.target <<X
[Unit]
Requires=basic.target vpi-job.service
Wants=dbus.socket
After=basic.target
AllowIsolate=yes
X
cat >$units/vpi-job.service <<X
[Unit]
After=basic.target dbus.socket
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/sh /run/vpi/job.sh
TimeoutStartSec=infinity
X
# What this machine starts is no part of the guest.
for service in systemd-networkd systemd-resolved systemd-timesyncd systemd-logind getty@ console-getty systemd-binfmt \
    systemd-hwdb-update systemd-journal-flush systemd-tmpfiles-clean alsa-restore alsa-state; do
    ln -sf /dev/null /etc/systemd/system/$service.service
done
# Emptying /tmp at boot is slow, and would reach through to folders that the guest may write to.
mkdir -p /etc/tmpfiles.d
ln -sf /dev/null /etc/tmpfiles.d/tmp.conf
ln -sf /dev/null /etc/systemd/system/tmp.mount
: >/etc/fstab
echo vpi >/etc/hostname
rm -f /etc/machine-id
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
# With these systemd takes itself for a container, and does without mounts of its own.
rm -f /.dockerenv /run/.containerenv
exec /lib/systemd/systemd --unit=vpi.target --log-level=notice --log-target=journal-or-kmsg --show-status=no
