#!/usr/bin/env bash
# Installs Earshot as services on this Debian host, and says what it does. See --help.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'EOF'
deploy/install.sh [options] [PACKAGE...]    Earshot as services of this host: earshot-gateway and earshot-worker

  Without PACKAGEs they are built here first (some minutes); with them they are installed as they are.

  --part NAME      only this one: gateway, worker, ctl or sim; may be repeated   (default: all)
  --lan [ADDRESS]  serve devices of the network: listen on ADDRESS (default: this machine's first address)
  --dry-run        only say what would be done
  -h, --help

What it does: builds the packages (as you), installs them and what they need with apt (as root), keeps Debian's own
mosquitto.service from starting if it came with that (systemctl mask; the gateway starts a mosquitto of its own), with --lan writes the address into
/etc/earshot/gateway.yaml, and starts the services. Nothing else. Back: apt-get remove 'earshot-*' keeps configuration and
data, apt-get purge 'earshot-*' takes both.
EOF
}

parts=() files=() lan=no address='' dry=no
while [ $# -gt 0 ]; do
  case $1 in
    --part) case ${2:-} in gateway | worker | ctl | sim) parts+=("$2") ;; *) die "--part is gateway, worker, ctl or sim" ;; esac; shift ;;
    --lan)
      lan=yes
      case ${2:-} in '' | -* | *.deb) ;; *) address=$2; shift ;; esac ;;
    --dry-run) dry=yes ;;
    -h | --help) usage; exit 0 ;;
    *.deb) [ -r "$1" ] || die "cannot read $1"; files+=("$(realpath "$1")") ;;
    *) die "unknown option '$1' (see --help)" ;;
  esac
  shift
done
[ ${#parts[@]} != 0 ] || parts=(gateway worker ctl sim)

# does COMMAND... : says it, and does it unless this is a rehearsal.
does() { note "$*"; [ $dry = yes ] || attended "$@"; }
has_part() { [[ " ${parts[*]} " == *" $1 "* ]]; }

if [ "$lan" = yes ] && [ -z "$address" ]; then
  address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m 1 -E '^[0-9]+(\.[0-9]+){3}$' || true)
  [ -n "$address" ] || die "no network address found; name one: --lan ADDRESS"
fi
[[ $address =~ ^[0-9.]*$ ]] || die "--lan wants an IPv4 address of this machine"

# Who had it before keeps it running.
own_mosquitto=no
[ -n "$(missing_packages mosquitto)" ] || own_mosquitto=yes
masks_mosquitto() { [ $own_mosquitto = no ] && starts_mosquitto mosquitto; }

if [ ${#files[@]} = 0 ]; then
  if [ $dry = yes ]; then
    mapfile -t missing < <(missing_packages "${build_packages[@]}" dpkg-dev)
    if [ ${#missing[@]} != 0 ]; then
      say "Would install ${#missing[@]} Debian packages to build with: ${missing[*]}"
      ! masks_mosquitto || note "systemctl mask mosquitto.service"
    fi
    say "Would build the packages: $(build_folder package)/packages"
    for part in "${parts[@]}"; do files+=("earshot-$part.deb"); done
  else
    check_system
    # It masks mosquitto.service itself.
    check_disk package "$run_gb" "${build_packages[@]}" dpkg-dev
    install_packages "${build_packages[@]}" dpkg-dev
    say "Building the packages"
    build_debian_packages
    for part in "${parts[@]}"; do files+=("$(dirname "${debian_packages[0]}")"/earshot-"$part"_*.deb); done
  fi
  masks_mosquitto() { false; }  # that is done
fi

as_root=()
if [ $dry = no ]; then
  # Asks for the password here: what is attended runs in the background, where sudo's question stops it for ever.
  become_root "${files[@]}"
  as_root=("${sudo[@]}")
elif [ "$(id -u)" != 0 ]; then
  as_root=(sudo)
fi
if has_part gateway; then
  if [ $own_mosquitto = yes ] && systemctl is-active --quiet mosquitto.service 2>/dev/null; then
    warn "mosquitto.service of this host has port 1883: give the gateway another one in /etc/earshot/gateway.yaml (mqtt: { port: 1884 }), or use it as an external broker (docs/operations.md)"
  fi
fi

say "Installing"
! has_part gateway || ! masks_mosquitto || does "${as_root[@]}" systemctl mask mosquitto.service
# A file in /etc/earshot that somebody has changed stays; what an upgrade brings lies beside it as .dpkg-dist.
does "${as_root[@]}" apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold "${files[@]}"

if [ "$lan" = yes ] && has_part gateway; then
  say "Serving the network at $address"
  if grep -q '^announce_address:' /etc/earshot/gateway.yaml 2>/dev/null; then
    note "/etc/earshot/gateway.yaml names an address already: it stays"
  else
    does "${as_root[@]}" sh -c "printf '\nannounce_address: %s\nmqtt: { listen: %s }\nudp: { listen: %s }\nhttp: { listen: 0.0.0.0 }\n' $address $address $address >>/etc/earshot/gateway.yaml"
    [ ! -d /run/systemd/system ] || does "${as_root[@]}" systemctl restart earshot-gateway
  fi
fi
say "Done"
note "state:   systemctl status earshot-gateway earshot-worker; journalctl -u earshot-gateway -f"
note "console: $( [ "$lan" = yes ] && echo "http://$address:8003/" || echo http://127.0.0.1:8003/ ) (first log-in: sudo cat /var/lib/earshot/secrets/setup-link)"
note "devices: sudo earshotctl devices; what is wrong: sudo earshotctl doctor"
