# What the scripts start, and how a signal to a script ends all of it. Sourced by lib.sh.
# shellcheck shell=bash
#
# Bash acts on a signal only when the command in the foreground has ended, but at once while it waits for one in the
# background. So whatever takes long is started in the background, each command in a process group of its own: Ctrl-C
# then reaches the script alone, which ends the groups in order. A script started in the background by another script
# cannot hear SIGINT, nor can one under nohup hear SIGHUP; bash leaves that so. SIGTERM always works.

stop_seconds=15  # for what was asked to end; then it is killed
patient=no       # yes: what runs must not be interrupted, a signal waits for its end
sudo=()          # what made it root's, if that was needed; then ending it needs the same

# start COMMAND... : in the background and in a process group of its own; its process is $!.
start() {
  set -m
  "$@" </dev/null &
  set +m
}

# attended COMMAND... : as if it ran in the foreground, but a signal to the script ends it.
attended() {
  local status=0
  start "$@"
  wait $! || status=$?
  return $status
}

# running_children: their processes. Bash's own list: it knows a child even before $! was kept anywhere.
running_children() { jobs -pr; }

# signal_children SIGNAL: the whole group of each.
signal_children() {
  local child
  for child in $(running_children); do
    [ ${#sudo[@]} = 0 ] || "${sudo[@]}" kill "-$1" -- "-$child" 2>/dev/null || true
    kill "-$1" -- "-$child" 2>/dev/null || kill "-$1" "$child" 2>/dev/null || true
  done
}

# children_end SECONDS: waits that long at most; whether none is left.
children_end() {
  local deadline=$((SECONDS + $1))
  while [ -n "$(running_children)" ]; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

# last_words COMMAND... : the terminal may be gone, and a message that fails must not keep anything from being stopped.
last_words() { { printf '\n'; "$@"; } 2>/dev/null || true; }

# The reader of the output may be gone too (SIGPIPE). Every return says 0: one without a number, in what a signal
# started, means the status of the command before the signal.
stop_children() {
  trap '' PIPE
  [ -n "$(running_children)" ] || return 0
  if [ "$patient" = yes ]; then
    last_words say "Stopping as soon as apt is done: half of an installation would be worse"
    until children_end 60; do :; done
    return 0
  fi
  signal_children TERM
  last_words say "Stopping"
  if children_end "$stop_seconds"; then return 0; fi
  signal_children KILL
  last_words say "Killed what did not stop within $stop_seconds s"
  children_end "$stop_seconds" 2>/dev/null || true  # unheard: bash's own line about the death
}

# end_by NUMBER: what a signal does. The exit status is the one of a process that died of it.
end_by() {
  trap '' INT TERM HUP
  stop_children
  exit $((128 + $1))
}

trap 'end_by 1' HUP
trap 'end_by 2' INT
trap 'end_by 15' TERM
trap stop_children EXIT
