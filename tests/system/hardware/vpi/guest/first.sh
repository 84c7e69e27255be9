#!/bin/sh
# The guest's first process. / is the host's root, read-only: lay a layer in memory, or on VPI_DISK, over it and move there.
# VPI_RUN, the folder of this run, comes from the kernel's command line; its files are written by boot.py.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
mount -t proc proc /proc
if [ -n "$VPI_DISK" ]; then
    mount -t devtmpfs dev /dev
    mount -t ext4 "$VPI_DISK" /mnt || exit 1
else
    mount -t tmpfs -o size=75% tmpfs /mnt
fi
mkdir -p /mnt/above /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/above,workdir=/mnt/work overlay /mnt/root || exit 1
root=/mnt/root
mount -t proc proc $root/proc
mount -t sysfs sys $root/sys
mount -t configfs configfs $root/sys/kernel/config
mount -t debugfs debugfs $root/sys/kernel/debug
mount -t devtmpfs -o mode=755 dev $root/dev
mkdir -p $root/dev/pts $root/dev/shm
mount -t devpts -o ptmxmode=666,mode=620,gid=5 devpts $root/dev/pts
mount -t tmpfs -o mode=1777 shm $root/dev/shm
mount -t tmpfs -o mode=755 run $root/run
mkdir -p $root/run/vpi $root/run/lock
mount -t hostfs -o "$VPI_RUN" none $root/run/vpi
while read -r folder; do
    mkdir -p "$root$folder"
    mount -t hostfs -o "$folder" none "$root$folder"
done <"$VPI_RUN/writable"
# Not chroot alone: in a changed root the kernel makes no user namespaces.
mkdir -p $root/.host
cd $root && pivot_root . .host || exit 1
exec chroot . /bin/sh -c 'umount -l /.host && rmdir /.host; exec /bin/sh /run/vpi/second.sh' <dev/console >dev/console 2>&1
