"""Where jobs are computed: an embedded Dask cluster, or an outside scheduler.

Both are driven by the same code. The embedded cluster has one worker process for each lane, so
that no work waits behind that of a slower lane, and one more long worker for each further GPU;
processes talk over TLS with credentials that exist only in their memories. On an outside
scheduler whose workers offer no lanes, slower work leaves threads free for quicker work instead.
"""

import os
import secrets
import shutil
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import JobProblem
from core.i18n import N_
from core.jobs.preload import LANE
from core.jobs.record import Job, Lane
from core.jobs.store import MAX_ATTEMPTS
from core.jobs.worker import run_job
from core.settings import Settings

SECONDS_TO_FIND_A_SCHEDULER = 15

# No web pages; a long computation in C is no dead worker; an idle server is idle. Dask looks a
# while after a worker's death whether another took its place, and closes for good what is only
# being started once more: that look is put off for a year.
CONFIGURATION: dict[str, Any] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.scheduler.worker-ttl": None,
    "distributed.scheduler.allowed-failures": MAX_ATTEMPTS,
    "distributed.scheduler.work-stealing": False,
    "distributed.worker.profile.enabled": False,
    "distributed.deploy.lost-worker-timeout": "365d",
    "distributed.admin.tick.limit": "1h",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}


@dataclass(frozen=True)
class Cluster:
    """A connection to the workers, of which this process started `own`."""

    client: Any
    own: int

    @classmethod
    def start(cls, settings: Settings, folder: Path) -> "Cluster":
        """Connect to the scheduler of the settings, or start an embedded one."""
        return (
            cls.outside(settings.scheduler)
            if settings.scheduler
            else cls.embedded(settings, folder)
        )

    @classmethod
    def outside(cls, address: str) -> "Cluster":
        """Connect to a running scheduler. Raises JobProblem when none answers."""
        import dask
        from distributed import Client

        dask.config.set(CONFIGURATION)
        try:
            client = Client(address, timeout=SECONDS_TO_FIND_A_SCHEDULER, set_as_default=False)
            return cls(client, own=0)
        except (OSError, ValueError) as error:
            raise JobProblem(
                N_(
                    "No Dask scheduler answers at {address} ({reason}). Start it there, or remove "
                    "TEXTLODE_SCHEDULER to use this machine's own workers."
                ),
                address=address,
                reason=str(error),
            ) from error

    @classmethod
    def embedded(cls, settings: Settings, folder: Path) -> "Cluster":
        """Start a scheduler in this process and a process for each worker."""
        import dask
        from distributed import Client, Nanny, Scheduler, SpecCluster
        from distributed.security import Security

        dask.config.set(CONFIGURATION)
        security = Security.temporary()
        plan = worker_plan(find_gpus(settings.device))
        cluster = SpecCluster(
            scheduler={
                "cls": Scheduler,
                "options": {
                    "protocol": "tls://",
                    "host": "127.0.0.1",
                    "port": 0,
                    "dashboard": False,
                    "dashboard_address": "127.0.0.1:0",
                    "security": security,
                },
            },
            workers={
                name: {
                    "cls": Nanny,
                    "options": {
                        "nthreads": 1,
                        "resources": {str(lane): 1},
                        "env": {**_thread_environment(), **environment, LANE: str(lane)},
                        "preload": ["core.jobs.preload"],
                        "memory_limit": 0,
                        "local_directory": str(folder),
                        "host": "127.0.0.1",
                        "dashboard": False,
                        "security": security,
                    },
                }
                for name, lane, environment in plan
            },
            security=security,
        )
        return cls(Client(cluster, security=security, set_as_default=False), own=len(plan))

    @property
    def is_complete(self) -> bool:
        """Whether all workers that this process started are there."""
        return len(self._workers()) >= self.own

    def room(self, lane: Lane, busy: Counter[Lane]) -> int:
        """Return how many more jobs of a lane may be given out, beside those that are."""
        workers = self._workers()
        offered = self._offered(workers)
        if offered:
            place = _place(lane, offered)
            taken = sum(count for one, count in busy.items() if _place(one, offered) == place)
            return max(0, offered[place] - taken)
        threads = sum(int(worker["nthreads"]) for worker in workers.values())
        return _room_in_threads(lane, busy, threads)

    def submit(self, job: Job, jobs_file: Path, runner: str) -> Any:
        """Give a job to a worker and return its future."""
        offered = self._offered(self._workers())
        return self.client.submit(
            run_job,
            job.id,
            str(jobs_file),
            runner,
            key=f"{job.step}-{job.id}-{secrets.token_hex(4)}",
            priority=list(Lane).index(job.lane),
            resources={str(_place(job.lane, offered)): 1} if offered else None,
        )

    def end_process(self, worker: str) -> None:
        """Kill the process of a worker, if it is there; who watches over it starts another."""
        if worker in self._workers():
            self.client.run(_kill, workers=[worker], nanny=True, on_error="ignore")

    def _offered(self, workers: dict[str, Any]) -> Counter[Lane]:
        """Return how many jobs of each lane the workers take at once; empty without lanes."""
        offered = Counter(dict.fromkeys(Lane, 0) if self.own else ())
        for worker in workers.values():
            for lane in Lane:
                if count := int(worker["resources"].get(str(lane), 0)):
                    offered[lane] += count
        return offered

    def _workers(self) -> dict[str, Any]:
        """Ask the scheduler: what the client remembers may leave the workers out."""
        identity = self.client.sync(self.client.scheduler.identity, n_workers=-1)
        return dict(identity["workers"])


def _place(lane: Lane, offered: Counter[Lane]) -> Lane:
    """Return the lane that takes a job: a slower one where its own is not offered."""
    slower = [one for one in reversed(list(Lane)[: list(Lane).index(lane) + 1]) if one in offered]
    return slower[0] if slower else next(iter(offered))


def _room_in_threads(lane: Lane, busy: Counter[Lane], threads: int) -> int:
    """Long work leaves two threads free where it can, medium and long together leave one."""
    if lane == Lane.SHORT:
        return max(0, threads - busy[lane])
    one = min(threads, 1)
    room = max(one, threads - 1) - busy[Lane.LONG] - busy[Lane.MEDIUM]
    if lane == Lane.LONG:
        room = min(room, max(one, threads - 2) - busy[lane])
    return max(0, room)


def worker_plan(gpus: list[str]) -> list[tuple[str, Lane, dict[str, str]]]:
    """Return name, lane and environment of each worker: a long one for each GPU, one of others."""
    if len(gpus) < 2:
        return [(str(lane), lane, {}) for lane in Lane]
    plan = [(f"long-{gpu}", Lane.LONG, {"CUDA_VISIBLE_DEVICES": gpu}) for gpu in gpus]
    last = {"CUDA_VISIBLE_DEVICES": gpus[-1]}
    return [*plan, *((str(lane), lane, last) for lane in (Lane.MEDIUM, Lane.SHORT))]


def find_gpus(device: str) -> list[str]:
    """Return the NVIDIA GPUs that may be used, asked without loading torch."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if device not in ("auto", "cuda"):
        return []
    if visible is not None:
        return [gpu for gpu in visible.split(",") if gpu and gpu != "-1"]
    program = shutil.which("nvidia-smi")
    if not program:
        return []
    asked = [program, "--query-gpu=index", "--format=csv,noheader"]
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    return answer.stdout.split() if answer.returncode == 0 else []


def _thread_environment() -> dict[str, str]:
    """Each worker may use all cores: several lanes are seldom busy at once."""
    from dask.system import CPU_COUNT

    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {name: os.environ.get(name, str(CPU_COUNT)) for name in names}


def _kill(dask_worker: Any) -> None:
    """Run by the process that watches over a worker, where Dask gives this name its own object."""
    if dask_worker.pid:
        os.kill(dask_worker.pid, signal.SIGKILL)
