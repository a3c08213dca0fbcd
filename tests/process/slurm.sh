#!/bin/sh
# A real Slurm of this one machine, for a test: slurm.sh start FOLDER PORT PORT | stop FOLDER. Needs root and
# Debian's slurm-wlm and munge. What it starts is in FOLDER/*.pid; SLURM_CONF=FOLDER/slurm.conf makes it heard.
set -eu
verb=$1 folder=$2 host=$(hostname -s)
export SLURM_CONF="$folder/slurm.conf"

start_munge() {
  mkdir -p /run/munge
  [ -s /etc/munge/munge.key ] || head -c 1024 /dev/urandom > /etc/munge/munge.key
  chown munge: /run/munge /etc/munge /etc/munge/munge.key /var/lib/munge /var/log/munge
  chmod 400 /etc/munge/munge.key
  munge -n > /dev/null 2>&1 && return
  setsid runuser -u munge -- /usr/sbin/munged --foreground > "$folder/munged.log" 2>&1 &
  echo $! > "$folder/munged.pid"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    munge -n > /dev/null 2>&1 && return
    sleep 0.2
  done
  cat "$folder/munged.log" >&2
  exit 1
}

configure() {
  mkdir -p "$folder/state" "$folder/spool"
  cat > "$SLURM_CONF" << CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldPort=$1
SlurmdPort=$2
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

case $verb in
start)
  start_munge
  configure "$3" "$4"
  setsid slurmctld -D > "$folder/slurmctld.log" 2>&1 &
  setsid slurmd -D -N "$host" > "$folder/slurmd.log" 2>&1 &
  for _ in $(seq 100); do
    [ "$(sinfo --noheader --states=idle --format=%D 2> /dev/null)" = 1 ] && exit 0
    sleep 0.2
  done
  tail -n 5 "$folder/slurmctld.log" "$folder/slurmd.log" >&2
  exit 1
  ;;
stop)
  for name in slurmd slurmctld munged; do
    [ -s "$folder/$name.pid" ] || continue
    process=$(cat "$folder/$name.pid")
    kill "$process" 2> /dev/null || continue
    for _ in $(seq 50); do
      kill -0 "$process" 2> /dev/null || break # else it still writes into the folder
      sleep 0.1
    done
  done
  ;;
esac
