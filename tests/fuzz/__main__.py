"""``python -m tests.fuzz [--seconds N] [TARGET...]``: every target for so long; what breaks a law is kept in found/.

With atheris (``pip install 'gatepost[fuzz]'``) coverage leads the way; without
it the seeds are mutated at random.
"""

import argparse
import importlib.util
import random
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from tests.fuzz.mutation import mutated

FOUND = Path(__file__).parent / "found"
PATIENCE = 5  # seconds for one input


def by_coverage(name: str, seconds: int) -> int:
    """Let atheris lead; it ends the process, which is why each target has its own."""
    with tempfile.TemporaryDirectory() as corpus:
        command = [sys.executable, "-m", "tests.fuzz", "--within", corpus, "--seconds", str(seconds), name]
        return subprocess.run(command, check=False).returncode


def within(name: str, corpus: Path, seconds: int) -> None:
    """The process that atheris has for itself."""
    import atheris

    with atheris.instrument_imports(include=["rules", "gateway"]):
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds()):
        (corpus / str(number)).write_bytes(seed[: target.longest])
    (FOUND / name).mkdir(parents=True, exist_ok=True)
    told = (
        f"-max_total_time={seconds}",
        f"-timeout={PATIENCE}",
        f"-max_len={target.longest}",
        "-rss_limit_mb=2048",
    )
    atheris.Setup([sys.argv[0], *told, f"-artifact_prefix={FOUND / name}/", str(corpus)], target.run)
    atheris.Fuzz()


def at_random(name: str, seconds: int) -> int:
    """Mutate the seeds for so long; 1 when something was found, which is kept."""
    from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    seeds, chance = target.seeds(), random.Random()
    until, tried = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        octets = mutated(chance.choice(seeds), chance, target.longest)
        began = time.process_time()
        tried += 1
        try:
            target.run(octets)
            assert time.process_time() - began < PATIENCE, "too slow"
        except Exception as problem:  # noqa: BLE001  whatever it is, it is what was looked for
            file = FOUND / name / f"crash-{sha256(octets).hexdigest()[:16]}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(octets)
            sys.stdout.write(f"{name}: {problem!r}\n{file}\n")
            return 1
    sys.stdout.write(f"{name}: {tried} inputs, nothing found\n")
    return 0


def main() -> int:
    """The number of targets for which something was found, at most 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target (default: 60)")
    parser.add_argument("--within", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    chosen = parser.parse_args()
    if chosen.within:
        within(chosen.targets[0], chosen.within, chosen.seconds)
    led = importlib.util.find_spec("atheris") is not None
    if not led:
        sys.stdout.write("atheris is not installed (pip install 'gatepost[fuzz]'): mutating at random\n")
    names = chosen.targets or ("scan", "address", "replies", "clause", "zones")
    codes = [(by_coverage if led else at_random)(name, chosen.seconds) for name in names]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
