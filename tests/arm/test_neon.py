"""The C code for ARM, compiled by a cross compiler and run by an emulator: as plain C counts."""

import shutil
import subprocess

import pytest
from places import ROOT

NATIVE = ROOT / "hrgeom" / "_native"
HERE = ROOT / "tests" / "arm"
COMPILER, EMULATOR = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64")
FLAGS = ["-std=gnu11", "-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror", "-static"]
PROGRAMS = {
    "descent_sweep.c": (NATIVE / "descent", "neon.c", ["serial.c", "lists.c"]),
    "int8_sweep.c": (NATIVE, "int8_neon.c", ["int8_plain.c", "exact.c", "serial.c"]),
}

pytestmark = pytest.mark.skipif(
    not (COMPILER and EMULATOR),
    reason="needs aarch64-linux-gnu-gcc and qemu-aarch64 (Debian: gcc-aarch64-linux-gnu qemu-user)",
)


def compiled(folder, program, name):
    """A file compiled for ARM; what it includes stands beside the program's sources."""
    source = PROGRAMS[program][0]
    made = folder / f"{name.stem}.o"
    command = [COMPILER, *FLAGS, f"-I{HERE}", f"-I{source}", "-c", str(name), "-o", str(made)]
    subprocess.run(command, check=True, timeout=300)
    return made


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request, tmp_path_factory):
    """A program, and what it is made of besides the NEON code."""
    source, _, others = PROGRAMS[request.param]
    folder = tmp_path_factory.mktemp("arm")
    files = [HERE / request.param, *(source / name for name in others)]
    return request.param, [compiled(folder, request.param, file) for file in files]


def run(folder, program, neon):
    """Put the program together with a form of the NEON code, and run it."""
    name, others = program
    made = folder / "program"
    parts = [*others, compiled(folder, name, neon)]
    command = [COMPILER, "-static", *map(str, parts), "-lm", "-o", str(made)]
    subprocess.run(command, check=True, timeout=300)
    return subprocess.run([EMULATOR, str(made)], capture_output=True, text=True, timeout=300)


def test_neon_finds_what_plain_c_finds(tmp_path, program):
    source, name, _ = PROGRAMS[program[0]]
    done = run(tmp_path, program, source / name)
    assert done.returncode == 0, done.stdout
    assert "the same" in done.stdout


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("vdupq_n_u8(128)", "vdupq_n_u8(0)"),
        ("vcgtq_s32", "vcgeq_s32"),
        ("{1, 2, 4, 8}", "{1, 2, 8, 4}"),
    ],
)
def test_a_fault_of_the_neon_code_is_found(tmp_path, program, right, wrong):
    source, name, _ = PROGRAMS[program[0]]
    text = (source / name).read_text()
    assert text.count(right) == 1
    (tmp_path / name).write_text(text.replace(right, wrong))
    done = run(tmp_path, program, tmp_path / name)
    assert done.returncode == 1
    assert "differ" in done.stdout
