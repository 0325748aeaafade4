#!/usr/bin/env bash
# The Debian packages on a machine that has nothing: a minimal Debian 12 in a folder (debootstrap, chroot), the packages
# installed there with apt, gateway and worker started by their units' own lines as their own users, a conversation, a
# reload, an upgrade that keeps what the administrator wrote, and a purge that leaves nothing. Needs root.
#   deploy/lib/trial.sh PACKAGE...        (EARSHOT_TRIAL: the folder; its base system is kept beside it)
set -euo pipefail
root=${EARSHOT_TRIAL:-/var/tmp/earshot-trial}
base=$root.base
log=$root.log
fail() { printf 'FAIL: %s\n' "$*" >&2; [ ! -s "$root/tmp/gateway.log" ] || tail -n 15 "$root"/tmp/{gateway,worker}.log >&2; exit 1; }
ok() { printf 'ok: %s\n' "$*"; }

# The processes that live in the folder, by what the kernel says their root is.
inmates() {
  local process
  for process in /proc/[0-9]*; do
    case "$(readlink "$process/root" 2>/dev/null)" in "$root" | "$root"/*) echo "${process#/proc/}" ;; esac
  done
}
remove_machine() {
  local process mounted
  for process in $(inmates); do kill -KILL "$process" 2>/dev/null || true; done
  for mounted in dev proc; do ! mountpoint -q "$root/$mounted" || umount -l "$root/$mounted"; done
  rm -rf --one-file-system "$root"
}
enter=(env -i HOME=/root TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot "$root")
inside() { "${enter[@]}" "$@"; }

mirror() {
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
    awk '!found && $1 == "URIs:" { print $2; found = 1 }
      !found && $1 == "deb" { for (i = 2; i <= NF && !found; i++) if ($i ~ /^[a-z+]+:\//) { print $i; found = 1 } }'
}

make_machine() {
  local from
  if [ ! -f "$base/etc/debian_version" ]; then
    from=$(mirror)
    [ -n "$from" ] || fail "no Debian mirror in /etc/apt"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$base" "$from" >"$log" 2>&1 ||
      { tail -n 5 "$log" >&2; fail "debootstrap"; }
  fi
  [ ! -e "$root" ] || remove_machine
  cp -a "$base" "$root"
  # The host's own way to Debian's packages.
  rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d
  cp -a /etc/apt/sources.list.d "$root/etc/apt/"
  [ ! -f /etc/apt/sources.list ] || cp -a /etc/apt/sources.list "$root/etc/apt/"
  cp -a /etc/apt/apt.conf.d/*registry* "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
  [ ! -d /etc/apt/auth.conf.d ] || cp -a /etc/apt/auth.conf.d "$root/etc/apt/"
  cp -a /usr/share/keyrings/. "$root/usr/share/keyrings/"
  cp /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --make-rslave "$root/dev"  # its end is not the host's
  # No service starts by itself: there is no systemd in here.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
}

# of_unit NAME KEY: the value in the unit as it was installed.
of_unit() { sed -n "s/^$2=//p" "$root/lib/systemd/system/earshot-$1.service" | head -n 1; }

# start_unit NAME ARGUMENT...: its ExecStart, as its user and group, without any capability, and without a terminal, as
# SIGHUP then means to reload. $! is the program itself: a signal to a shell around it would not reach it.
start_unit() {
  local name=$1 command; shift
  read -ra command <<<"$(of_unit "$name" ExecStart)"
  exec setsid "${enter[@]}" setpriv --reuid "$(of_unit "$name" User)" --regid "$(of_unit "$name" Group)" --clear-groups --no-new-privs \
    --bounding-set=-all "${command[@]}" "$@" >"$root/tmp/$name.log" 2>&1 </dev/null &
}

free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }
# status PORT PATH: the answer's code.
status() {
  local line=''
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 0
  printf 'GET %s HTTP/1.1\r\nHost: earshot\r\nConnection: close\r\n\r\n' "$2" >&3
  IFS=' ' read -r -t 5 _ line _ <&3 || true
  exec 3<&- 3>&-
  printf '%s' "$line"
}
within() {
  local deadline=$((SECONDS + $1)); shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.2
  done
}
answers() { [ "$(status "$1" "$2")" = "$3" ]; }
says() { grep -qF -- "$2" "$root/tmp/$1.log"; }
gone() { [ -z "$(inmates)" ]; }

[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 2; }
[ $# -gt 0 ] || { sed -n '2,6p' "$0"; exit 2; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing" >&2; exit 2; }
# Two in one folder would end each other's processes.
exec 9>"$root.lock"
flock -n 9 || { echo "another trial has $root (EARSHOT_TRIAL names another folder)" >&2; exit 2; }
trap remove_machine EXIT

make_machine
mkdir "$root/root/packages"
cp "$@" "$root/root/packages/"
inside apt-get -q update >"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "apt-get update"; }
before=$(inside dpkg-query -W | wc -l)
inside sh -c 'apt-get -q install -y --no-install-recommends /root/packages/*.deb' >>"$log" 2>&1 ||
  { tail -n 15 "$log" >&2; fail "apt-get install"; }
ok "installed, with $(($(inside dpkg-query -W | wc -l) - before)) packages"

for name in gateway worker; do
  inside getent passwd "earshot-$name" >/dev/null || fail "no user earshot-$name"
  inside "/usr/bin/earshot-$name" --version >/dev/null || fail "earshot-$name does not run"
done
[ "$(inside stat -c '%U:%G %a' /var/lib/earshot)" = 'earshot-gateway:earshot 700' ] || fail "/var/lib/earshot is not the gateway's alone"
inside earshotctl --version >/dev/null || fail "earshotctl does not run"
inside earshot-models list >/dev/null 2>&1 || inside sh -c '! command -v python3' >/dev/null || fail "earshot-models does not run"
for page in examples/worker.yaml examples/tools.yaml packages.md deployment.md tools.md; do
  [ -s "$root/usr/share/doc/earshot-worker/$page" ] || fail "the worker's package has no $page"
done
ok "users, folders, programs"

# As RuntimeDirectory= and RuntimeDirectoryMode= have it.
make_run() { inside install -d -m "$(of_unit gateway RuntimeDirectoryMode)" -o earshot-gateway -g earshot /run/earshot; }
http=$(free_port) mqtt=$(free_port) udp=$(free_port) metrics=$(free_port)
start_all() {
  make_run
  start_unit gateway --set "http.port=$http" --set "mqtt.port=$mqtt" --set "udp.port=$udp"
  gateway=$!
  start_unit worker --set "metrics.listen=127.0.0.1:$metrics"
  worker=$!
  within 60 answers "$http" /readyz 200 || fail "the gateway is not ready after 60 s"
  within 10 answers "$metrics" /readyz 200 || fail "the worker is not ready"
}
stop_all() {
  kill -TERM "$gateway" "$worker"
  within 20 gone || fail "still running after SIGTERM: $(for p in $(inmates); do cat "/proc/$p/comm"; done)"
}
start_all
answers "$http" /livez 200 || fail "/livez"
ok "gateway and worker run as their own users"

inside earshot-sim talk --ota "http://127.0.0.1:$http/xiaozhi/ota/" --say 'set the volume to fifty percent' \
  --out /tmp/reply.wav >"$root/tmp/talk.log" 2>&1 || { cat "$root/tmp/talk.log" >&2; fail "the conversation"; }
[ -s "$root/tmp/reply.wav" ] || fail "no spoken answer"
ok "a simulated device talked"
inside earshotctl devices --json >/dev/null || fail "earshotctl does not find the gateway by itself"

# page PORT FILE: what Prometheus would read, without the head.
page() {
  exec 3<>"/dev/tcp/127.0.0.1/$1"
  printf 'GET /metrics HTTP/1.1\r\nHost: earshot\r\nConnection: close\r\n\r\n' >&3
  tr -d '\r' <&3 | sed '1,/^$/d' >"$2"
  exec 3<&- 3>&-
}
page "$http" "$root/tmp/gateway.metrics"
page "$metrics" "$root/tmp/worker.metrics"
names=0
"$(dirname "${BASH_SOURCE[0]}")/../../tests/deploy/observability_test.py" "$root"/tmp/{gateway,worker}.metrics || names=$?
[ "$names" = 0 ] || [ "$names" = 77 ] || fail "docs/metrics.md"
ok "/metrics of both has the names of docs/metrics.md"

printf '\nlog: { level: debug }\n' >>"$root/etc/earshot/gateway.yaml"
kill -HUP "$gateway"
within 10 says gateway 'applied=log.level' || fail "SIGHUP does not reload"
printf 'broken: [\n' >>"$root/etc/earshot/gateway.yaml"
kill -HUP "$gateway"
within 10 says gateway 'configuration refused' || fail "a broken file is not refused"
answers "$http" /readyz 200 || fail "a broken file stopped the gateway"
sed -i '/^broken:/d' "$root/etc/earshot/gateway.yaml"
kill -HUP "$worker"
within 20 says worker 'configuration read again' || fail "SIGHUP does not reload the worker"
ok "reload, and a broken file is refused"
stop_all
ok "SIGTERM ends everything"

inside sh -c 'dpkg -i /root/packages/*.deb' >>"$log" 2>&1 || { tail -n 10 "$log" >&2; fail "an upgrade"; }
grep -q 'level: debug' "$root/etc/earshot/gateway.yaml" || fail "an upgrade lost the administrator's change"
start_all
stop_all
ok "an upgrade keeps configuration and data"

all=(earshot-gateway earshot-worker earshot-ctl earshot-sim)
inside dpkg --remove "${all[@]}" >>"$log" 2>&1 || fail "remove"
[ -f "$root/etc/earshot/gateway.yaml" ] && [ -f "$root/var/lib/earshot/earshot.db" ] || fail "remove took configuration or data"
inside dpkg --purge "${all[@]}" >>"$log" 2>&1 || { tail -n 10 "$log" >&2; fail "purge"; }
left=$(inside find / -xdev \( -path /proc -o -path /dev -o -path /root -o -path /tmp -o -path /var/cache -o -path /var/log \) \
  -prune -o -name '*earshot*' -print)
[ -z "$left" ] || fail "purge left: $left"
! inside getent passwd earshot-gateway >/dev/null && ! inside getent passwd earshot-worker >/dev/null &&
  ! inside getent group earshot >/dev/null || fail "purge left a user or the group"
ok "remove keeps, purge leaves nothing"
echo PASS
