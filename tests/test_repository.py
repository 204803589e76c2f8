"""Files about the project agree with each other: versions, pins, workflows, forms."""

import re
import tomllib

import pytest
from hypothesis import settings
from places import ROOT
from slow import SEARCHES, SLOW, TRACED

import hrgeom
from hrgeom.bounds import THEOREMS
from hrgeom.claims import CLAIMS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONFIGURATION = sorted(
    path
    for path in [*(ROOT / ".github").rglob("*.yml"), ROOT / ".pre-commit-config.yaml"]
    if path.is_file()
)


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def pinned(tool):
    """The version of a tool in the extra `dev`."""
    (pin,) = (
        pin.partition("==")[2]
        for pin in PROJECT["project"]["optional-dependencies"]["dev"]
        if pin.startswith(f"{tool}==")
    )
    return pin


def test_pre_commit_runs_the_pinned_linters():
    text = text_of(".pre-commit-config.yaml")
    assert f"ruff-pre-commit\n    rev: v{pinned('ruff')}\n" in text
    assert f"mypy ({pinned('mypy')}," in text


def test_citation_has_the_version_of_the_package():
    (version,) = re.findall("^version: (.+)$", text_of("CITATION.cff"), re.M)
    assert version == hrgeom.__version__


def test_the_address_is_the_same_everywhere():
    urls = PROJECT["project"]["urls"]
    address, site = urls["Source"], urls["Documentation"]
    assert all(url.startswith((address, site)) for url in urls.values())
    assert f'ADDRESS = "{site}"' in text_of("docs/conf.py")
    assert f'"source_repository": "{address}/"' in text_of("docs/conf.py")
    assert f'repository-code: "{address}"' in text_of("CITATION.cff")
    for name in ("SECURITY.md", ".github/ISSUE_TEMPLATE/config.yml"):
        assert address in text_of(name)


def test_every_supported_python_is_tested():
    supported = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["project"]["classifiers"]))
    assert PROJECT["project"]["requires-python"] == f">={supported[0]}"
    matrix = ", ".join(f'"{version}"' for version in supported)
    assert f"python: [{matrix}]" in text_of(".github/workflows/ci.yml")
    built = [f"cp{version.replace('.', '')}-*" for version in supported]
    assert PROJECT["tool"]["cibuildwheel"]["build"].split() == built


def test_profiles_that_files_name_exist():
    names = {
        name
        for path in [*CONFIGURATION, ROOT / "Makefile", ROOT / "CONTRIBUTING.md"]
        for name in re.findall(r"HYPOTHESIS_PROFILE[=:] ?(\w+)", path.read_text(encoding="utf-8"))
    }
    assert {"quick", "thorough"} <= names
    for name in names:
        settings.get_profile(name)  # an error if there is none


@pytest.mark.parametrize("path", CONFIGURATION, ids=lambda path: path.name)
def test_configuration_is_read(path):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    if path.parent.name == "workflows":
        assert found["permissions"] == {"contents": "read"}
        assert all(job["runs-on"] and job["steps"] for job in found["jobs"].values())
    elif path.parent.name == "ISSUE_TEMPLATE" and path.stem != "config":
        asked = [part for part in found["body"] if part["type"] != "markdown"]
        assert len({part["id"] for part in asked}) == len(asked)
        assert all(part["attributes"]["label"] for part in asked)
        assert found["name"]
        assert found["description"]
    else:
        assert found


def workflow(name):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return yaml.safe_load(text_of(f".github/workflows/{name}.yml"))


def steps(name):
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", ["ci", "nightly", "pages", "wheels"])
def test_workflows_name_versions_and_files_and_no_secret(name):
    assert "secrets." not in text_of(f".github/workflows/{name}.yml")
    for step in steps(name):
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@(v\d+(\.\d+)*|release/v1)", step["uses"]), step
        for file in re.findall(r"\b(?:tests|proofs)/[\w./-]+\.(?:py|sh)", step.get("run", "")):
            assert (ROOT / file).is_file(), file
        for target in re.findall(r"^make ([\w -]+)$", step.get("run", ""), re.M):
            assert all(f"\n{word}:" in text_of("Makefile") for word in target.split()), target


def test_only_what_publishes_may_write():
    may = {
        (name, job): set(entry.get("permissions", {}))
        for name in ("ci", "nightly", "pages", "wheels")
        for job, entry in workflow(name)["jobs"].items()
        if entry.get("permissions")
    }
    assert may == {("pages", "deploy"): {"pages", "id-token"}, ("wheels", "publish"): {"id-token"}}
    for name, job in may:
        entry = workflow(name)["jobs"][job]
        assert "github.ref" in entry["if"]
        assert entry["environment"]["name"]
        assert not any("checkout" in step.get("uses", "") for step in entry["steps"])


def test_the_site_and_the_wheels_are_built_and_handed_on():
    pages, wheels = (
        {step.get("uses", "").partition("@")[0] for step in steps(name)}
        for name in ("pages", "wheels")
    )
    assert {"actions/upload-pages-artifact", "actions/deploy-pages"} <= pages
    assert {"pypa/cibuildwheel", "pypa/gh-action-pypi-publish"} <= wheels
    systems = workflow("wheels")["jobs"]["wheels"]["strategy"]["matrix"]["os"]
    assert {"ubuntu-latest", "ubuntu-24.04-arm", "macos-latest", "windows-latest"} <= set(systems)
    for command in PROJECT["tool"]["cibuildwheel"]["test-command"]:
        (file,) = re.findall(r"\{project\}/(\S+)", command)
        assert (ROOT / file).is_file()


def test_slow_tests_are_there():
    """What `make quick` leaves out is named as it is called."""
    for place in SLOW:
        name, _, function = place.partition("::")
        text = text_of(name)
        assert not function or f"def {function.partition('[')[0]}(" in text, place


def test_searches_are_cases_of_tests_that_are_traced():
    known = {*CLAIMS, *("-".join(theorem.key) for theorem in THEOREMS)}
    for case in SEARCHES:
        function, _, identifier = case.rstrip("]").partition("[")
        assert function in TRACED, case
        assert identifier in known, case
