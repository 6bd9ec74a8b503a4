#!/usr/bin/env bash
# Runs the checks of the AVX-512 kernels on a machine without AVX-512: in Bochs, which emulates a whole computer with such
# a processor. The checks are the only program on a bare Linux kernel there. Takes some minutes.
#
#   Scripts/check-avx512.sh [KERNEL]      KERNEL: a Linux kernel image for x86-64, by default the newest /boot/vmlinuz-*
#
# Needs Swift's clang (or CLANG=…), the C library's headers, a kernel, and on Debian or Ubuntu:
# apt-get install bochs bochsbios vgabios isolinux syslinux-common xorriso cpio
# Bochs 2.7 has no processor with AVX512-BF16; Scripts/check-kernels.sh checks that table's text by emulating its
# instructions one by one.
set -euo pipefail
kernel=$(readlink -f "${1:-$(find /boot -name 'vmlinuz-*' 2>/dev/null | sort -V | tail -n 1)}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source Scripts/kernel-checks.sh

packages=(bochs bochsbios vgabios isolinux syslinux-common xorriso cpio)
need bochs "${packages[@]}"
need xorriso "${packages[@]}"
need cpio "${packages[@]}"
if [ ! -f "$kernel" ]; then
    echo "no Linux kernel found: name one, such as /boot/vmlinuz-… (Debian: linux-image-cloud-amd64)" >&2
    exit 1
fi

scratch=$(mktemp -d)
emulator=
stop() {
    if [ -n "$emulator" ]; then kill "$emulator" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap stop EXIT
mkdir -p "$scratch/root" "$scratch/disc"

"$(find_clang)" "${checks_options[@]}" -static -pthread "${checks_sources[@]}" -o "$scratch/root/init" -lm
(cd "$scratch/root" && echo init | cpio --quiet -o -H newc) >"$scratch/disc/initrd"
cp "$kernel" "$scratch/disc/vmlinuz"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$scratch/disc"
# Bochs gives the wrong size for the compact form in which registers are saved, and Linux then refuses to use the wide
# ones; without XSAVEC and XSAVES it uses the plain form. The other words only shorten the way to the first process.
cat >"$scratch/disc/isolinux.cfg" <<'END'
default checks
prompt 0
label checks
    kernel vmlinuz
    initrd initrd
    append console=ttyS0 quiet clearcpuid=xsavec,xsaves mitigations=off tsc=reliable lpj=1000000 panic=1 attend_table=avx512
END
xorriso -as mkisofs -quiet -o "$scratch/disc.iso" -b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 \
    -boot-info-table "$scratch/disc"

cat >"$scratch/bochsrc" <<END
config_interface: textconfig
display_library: rfb, options="timeout=0"
cpu: model=corei7_skylake_x, count=1, ips=100000000, reset_on_triple_fault=0
memory: guest=512, host=512
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0-master: type=cdrom, path=$scratch/disc.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=$scratch/serial.txt
sound: waveoutdrv=dummy
log: $scratch/bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
END
touch "$scratch/serial.txt"
# Debian builds Bochs with its debugger, which waits for a word before it starts.
echo continue >"$scratch/commands"
BXSHARE=/usr/share/bochs bochs -q -f "$scratch/bochsrc" -rc "$scratch/commands" </dev/null >"$scratch/bochs.out" 2>&1 &
emulator=$!

# The emulated serial line is a file: follow it until the checks are done.
deadline=$((SECONDS + ${LIMIT:-1800}))
until grep -aq '^status ' "$scratch/serial.txt"; do
    if ! kill -0 "$emulator" 2>/dev/null || [ $SECONDS -gt $deadline ]; then
        cat "$scratch/serial.txt"
        tail -n 20 "$scratch/bochs.out" "$scratch/bochs.log"
        echo "Bochs ended, or the time was up, before the checks were done" >&2
        exit 1
    fi
    sleep 2
done
cat "$scratch/serial.txt"
exit "$(sed -n 's/^status \([0-9]*\).*/\1/p' "$scratch/serial.txt" | tail -n 1)"
