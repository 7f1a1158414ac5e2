"""A SLURM cluster of several nodes on this machine, while a test lasts: no systemd, no accounting."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")
CONF = """
ClusterName=throwaway
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdSpoolDir={folder}/spool-%n
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
# A job that takes more memory than it asked for is ended; looked at once a second.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,batch_sched_delay=0,bf_interval=2,sched_min_interval=0
MinJobAge=300
ReturnToService=2
KillWait=2
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing_programs() -> list[str]:
    """What has to be installed first (Debian: slurm-wlm and munge)."""
    return [name for name in PROGRAMS if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None]


class Cluster:
    """Nodes n1, n2, ... that claim processors and memory, whether the machine has them or not.

    Attributes
    ----------
    environment : dict
        What a program needs in its environment to find this cluster.
    """

    def __init__(self, folder: Path, nodes: int = 2, cpus: int = 4, memory_mb: int = 8000):
        self.folder, self.daemons = folder, []
        folder.mkdir(mode=0o755)
        for name in ("state", "bin", *(f"spool-n{k + 1}" for k in range(nodes))):
            (folder / name).mkdir()
        host, user = socket.gethostname().split(".")[0], os.environ.get("USER") or "root"
        lines = [CONF.format(folder=folder, host=host, user=user, port=free_port())]
        for k in range(nodes):
            lines.append(
                f"NodeName=n{k + 1} NodeHostname={host} NodeAddr=127.0.0.1 Port={free_port()} "
                f"CPUs={cpus} RealMemory={memory_mb} State=UNKNOWN"
            )
        partition = lines[0].strip().splitlines()[-1]  # after the nodes that it names
        text = "\n".join([lines[0].replace(partition, ""), *lines[1:], partition]) + "\n"
        (folder / "slurm.conf").write_text(text)
        self.environment = {
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}:/usr/sbin",
        }
        # The plugin takes all but a few SLURM_ variables from what srun is given, SLURM_CONF among them.
        srun = folder / "bin/srun"
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {shutil.which("srun")} "$@"\n')
        srun.chmod(0o755)
        key = folder / "munge.key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)
        try:
            munge = [
                f"--{name}={folder}/munge.{name.split('-')[0]}" for name in ("socket", "pid-file", "log-file")
            ]
            self.start(
                "munged", "--foreground", "--force", f"--key-file={key}", f"--seed-file={folder}/seed", *munge
            )
            wait_for((folder / "munge.socket").exists, 10, "munged")
            self.start("slurmctld", "-D", "-i")
            wait_for(lambda: self.run("scontrol", "ping").returncode == 0, 20, "slurmctld")
            for k in range(nodes):
                self.start("slurmd", "-D", "-N", f"n{k + 1}")
            wait_for(
                lambda: self.run("sinfo", "-h", "-N", "-t", "idle").stdout.count("\n") == nodes, 30, "nodes"
            )
        except BaseException:
            self.stop()
            raise

    def start(self, *command: str) -> None:
        log = (self.folder / f"{command[0]}-{len(self.daemons)}.out").open("w")
        self.daemons.append(
            subprocess.Popen(
                command, env=os.environ | self.environment, stdout=log, stderr=log, start_new_session=True
            )
        )

    def run(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(command, env=os.environ | self.environment, capture_output=True, text=True)

    def queue(self) -> list[str]:
        """The jobs that wait or run."""
        return self.run("squeue", "-h", "-t", "PENDING,RUNNING,COMPLETING", "-o", "%i").stdout.split()

    def stop(self) -> None:
        self.run("scancel", "--user", os.environ.get("USER") or "root")
        for daemon in reversed(self.daemons):
            daemon.send_signal(signal.SIGTERM)
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()


def wait_for(holds: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not there after {seconds} s")
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
