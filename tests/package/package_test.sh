#!/usr/bin/env bash
# package_test.sh BUILD_DIRECTORY: makes the .deb, looks into it, runs its programs; as root it is also installed,
# updated and removed for real, in a throw-away overlay of this machine.
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }

cpack --config "$build/CPackConfig.cmake" -B "$work" >"$work/cpack.log" 2>&1 || { cat "$work/cpack.log"; exit 1; }
debs=("$work"/s1mpletrader_*.deb)
[ "${#debs[@]}" -eq 1 ] || fail "one package expected: ${debs[*]}"
deb=${debs[0]}

echo "--- contents"
root=$work/root
dpkg-deb --extract "$deb" "$root"
dpkg-deb --info "$deb"
for file in usr/libexec/s1mpletrader/supervisor usr/libexec/s1mpletrader/orchestrator usr/bin/s1mple \
            usr/lib/systemd/system/s1mpletrader.service usr/lib/sysusers.d/s1mpletrader.conf \
            usr/lib/tmpfiles.d/s1mpletrader.conf etc/s1mpletrader/paper.toml \
            usr/share/doc/s1mpletrader/copyright usr/share/doc/s1mpletrader/examples/paper.toml \
            usr/share/s1mpletrader/alerts/log-to-file; do
  [ -e "$root/$file" ] || fail "$file is missing"
done
dpkg-deb --field "$deb" Depends | grep -q libc6 || fail "the libraries' packages are not named"
dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./conffiles | grep -qx /etc/s1mpletrader/paper.toml || fail "no conffile"
grep -q '^group = "s1mple"' "$root/etc/s1mpletrader/paper.toml" || fail "the group is not configured"
[ "$(find "$root/usr" -type f -path '*test*' | wc -l)" -eq 0 ] || fail "tests are packaged"

echo "--- programs"
"$root/usr/bin/s1mple" --version
"$root/usr/libexec/s1mpletrader/orchestrator" --version
# Its group is made by the package's own scripts; without them this machine has none.
sed '/^group = /d' "$root/etc/s1mpletrader/paper.toml" >"$work/paper.toml"
"$root/usr/libexec/s1mpletrader/supervisor" check-config "$work/paper.toml"

if [ "$(id -u)" -ne 0 ] || ! unshare -m true 2>/dev/null; then
  echo "not installed for real: that needs root and mount namespaces"
  exit 0
fi

echo "--- installed for real, in an overlay"
cat >"$work/inside.sh" <<'TXT'
set -euo pipefail
work=$1 deb=$2
mount -t tmpfs tmpfs "$work/over"
mkdir -p "$work/over/"{up,wk,root}
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/over/up,workdir=$work/over/wk" "$work/over/root"
mount --rbind /proc "$work/over/root/proc"
mount --rbind /dev "$work/over/root/dev"
cp "$deb" "$work/over/root/tmp/new.deb"
cat >"$work/over/root/tmp/check.sh" <<'IN'
set -euo pipefail
dpkg -i /tmp/new.deb
id s1mpletrader | grep -q s1mple
install -d -o s1mpletrader -g s1mple -m 0700 /var/lib/s1mpletrader
cd /
run() { setpriv --reuid s1mpletrader --regid s1mple --clear-groups "$@"; }
run /usr/libexec/s1mpletrader/supervisor run --config /etc/s1mpletrader/paper.toml --home /var/lib/s1mpletrader &
for _ in $(seq 100); do s1mple status --home /var/lib/s1mpletrader 2>/dev/null | grep -q running && break; sleep 0.1; done
s1mple status --home /var/lib/s1mpletrader
[ "$(stat -c %G:%a /var/lib/s1mpletrader/control.sock)" = s1mple:660 ]
s1mple shutdown --home /var/lib/s1mpletrader
wait
echo "# kept" >>/etc/s1mpletrader/paper.toml
dpkg -i --force-confold /tmp/new.deb
grep -q "# kept" /etc/s1mpletrader/paper.toml
dpkg --remove s1mpletrader
[ ! -e /usr/bin/s1mple ] && [ -e /etc/s1mpletrader/paper.toml ]
dpkg --purge s1mpletrader
[ ! -e /etc/s1mpletrader/paper.toml ] && [ -e /var/lib/s1mpletrader/state/state.json ]
IN
chroot "$work/over/root" bash /tmp/check.sh </dev/null
TXT
mkdir "$work/over"
unshare -m bash "$work/inside.sh" "$work" "$deb"
echo "done"
