#!/bin/sh
# In the layer: network, GPIO, sound and the boot partition as a Pi has them; then the command, or systemd.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
. /run/vpi/settings
echo vpi >/proc/sys/kernel/hostname

ip link set lo up
# WebRTC takes no loopback address as a candidate: an address of the guest's own. What is sent to it stays on lo.
ip link add eth0 type dummy
ip addr add 192.0.2.2/24 dev eth0
ip link set eth0 up
[ -z "$VPI_PORTS" ] || (cd "$VPI_SOURCE" && exec "$VPI_PYTHON" -m tests.system.hardware.vpi.ports $VPI_PORTS) &

if [ "$VPI_GPIO" = 1 ]; then
    # The header's chip is to be the first one: the one of the device tree goes, with LEDs and SPI, and comes after it.
    drivers=/sys/bus/platform/drivers
    for part in leds_group_multicolor/multi-led leds-gpio/leds spi_gpio/spi gpio-sim/lights-chip; do
        [ ! -e $drivers/$part ] || echo "${part#*/}" >$drivers/"${part%/*}"/unbind
    done
    chip=/sys/kernel/config/gpio-sim/pi
    mkdir -p $chip/bank0
    echo 28 >$chip/bank0/num_lines
    echo pinctrl-bcm2711 >$chip/bank0/label
    for line in $(seq 0 27); do
        mkdir $chip/bank0/line"$line"
        echo GPIO"$line" >$chip/bank0/line"$line"/name
    done
    echo 1 >$chip/live
    for part in gpio-sim/lights-chip leds-gpio/leds leds_group_multicolor/multi-led spi_gpio/spi; do
        [ -e $drivers/$part ] || echo "${part#*/}" >$drivers/"${part%/*}"/bind
    done
fi
# As Raspberry Pi OS's udev rules leave them.
getent group gpio >/dev/null || groupadd --system gpio
chgrp gpio /dev/gpiochip0 2>/dev/null && chmod 660 /dev/gpiochip0
[ ! -e /dev/gpiochip1 ] || chmod 0 /dev/gpiochip1 # a Pi's programs have no use for the one with LEDs and SPI
chgrp audio /dev/snd/* 2>/dev/null && chmod 660 /dev/snd/*
# Where gpiozero reads which Pi this is.
{
    cat /proc/cpuinfo
    printf 'Revision\t: c03115\nModel\t\t: Virtual Raspberry Pi 4\n'
} >/run/vpi-cpuinfo
mount --bind /run/vpi-cpuinfo /proc/cpuinfo

if [ -n "$VPI_VFAT" ]; then
    mkdir -p "$VPI_VFAT"
    mount -t vfat /dev/ubda "$VPI_VFAT" || exit 1
fi
# The guest's kernel holds a descriptor of the host for each file that it caches, and the host may allow 20 000: let it
# forget them, and don't let apt read all manual pages.
rm -f /var/lib/man-db/auto-update
(while sleep 3; do echo 2 >/proc/sys/vm/drop_caches; done) &
if [ "$VPI_SYSTEMD" = 1 ]; then
    exec /bin/sh /run/vpi/systemd.sh
fi
mount -t cgroup2 cgroup2 /sys/fs/cgroup
/bin/sh /run/vpi/job.sh
