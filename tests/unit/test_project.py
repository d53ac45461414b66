"""The project's chores hold together: pins, version, commands, settings, containers, decisions."""

from __future__ import annotations

import inspect
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infrastructure.settings import load_settings
from interfaces.cli.up import up

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
README = (ROOT / "README.md").read_text()
CI = (ROOT / ".ci/run").read_text()
ENV_EXAMPLE = (ROOT / ".env.example").read_text()
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
ADRS = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))

# --- pins


def pins(name: str) -> dict[str, Requirement]:
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, PROJECT["tool"]["uv"][name])}


def declared() -> Iterator[Requirement]:
    for line in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]:
        yield Requirement(line)


def wanted(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""})


def needed() -> dict[str, str]:
    """The installed version of everything that the project asks for here, directly or not."""
    found: dict[str, str] = {}
    queue, seen = [(requirement, set[str]()) for requirement in declared()], set()
    while queue:
        requirement, asked_with = queue.pop()
        name = canonicalize_name(requirement.name)
        if not wanted(requirement, asked_with) or (name, *requirement.extras) in seen:
            continue
        seen.add((name, *requirement.extras))
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            pytest.fail(f"{requirement} is not installed: run `uv sync`")
        found[name] = installed.version
        queue += [(Requirement(line), {"", *requirement.extras}) for line in installed.requires or ()]
    return found


def test_everything_installed_is_at_the_version_it_is_pinned_to() -> None:
    pinned = pins("constraint-dependencies")
    wrong = {
        name: f"{version} is installed, {pinned.get(name, 'nothing')} is pinned"
        for name, version in needed().items()
        if name not in pinned or not pinned[name].specifier.contains(version)
    }
    assert not wrong, "run `make pins`, or `uv sync` for what is pinned"


def test_the_walk_over_what_is_needed_reaches_far() -> None:
    assert {
        "litestar",
        "pydantic-core",
        "h2",
        "virtualenv",
    } <= needed().keys()  # extras, and depths of 1 to 3


@pytest.mark.parametrize("name", ["constraint-dependencies", "build-constraint-dependencies"])
def test_pins_are_exact_and_name_no_host(name: str) -> None:
    for pin in pins(name).values():
        (clause,) = pin.specifier
        assert clause.operator == "=="
        assert not clause.version.endswith("*")
        assert pin.url is None


def test_the_build_backend_is_pinned() -> None:
    pinned = pins("build-constraint-dependencies")
    for requirement in map(Requirement, PROJECT["build-system"]["requires"]):
        assert requirement.specifier.contains(next(iter(pinned[requirement.name].specifier)).version)


def test_no_index_is_configured() -> None:
    assert not {"index", "index-url", "sources", "find-links"} & PROJECT["tool"]["uv"].keys()


# --- version and commands


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    newest = re.search(
        r"^## \[([^\]]+)\] - (Unreleased|\d{4}-\d\d-\d\d)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert newest is not None
    assert newest[1] == PROJECT["project"]["version"]


@pytest.mark.parametrize("command", ["uv run gamefilm", "uv run pytest -n logical"])
def test_ci_runs_the_commands_of_the_readme(command: str) -> None:
    assert command in README
    assert re.search(rf"\bstep .*{command}$", CI, re.MULTILINE)


def make(*arguments: str) -> str:
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_make_without_a_target_explains_every_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets == set(re.findall(r"^ +make ([a-z]+) +\S", make(), re.MULTILINE))


def test_every_make_command_that_is_documented_exists() -> None:
    texts = [README, *(path.read_text() for path in (ROOT / "docs").rglob("*.md"))]
    for target in {target for text in texts for target in re.findall(r"\bmake ([a-z]+)`", text)}:
        make("--dry-run", target)


@pytest.mark.parametrize("target", ["lint", "types", "contracts"])
def test_ci_checks_what_make_checks(target: str) -> None:
    for command in make("--dry-run", target).splitlines():
        assert re.search(rf"^step \w+ {re.escape(command)}$", CI, re.MULTILINE), command


def test_the_ci_script_is_sound_bash_and_stops_at_nothing_silently() -> None:
    subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=True)
    assert "set -euo pipefail" in CI


def test_pre_commit_takes_hooks_from_nowhere_else() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]


# --- settings


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


def example() -> dict[str, str]:
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", ENV_EXAMPLE, re.MULTILINE))


def compose_variables() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT))


def test_the_example_documents_every_setting_and_no_other() -> None:
    environment = Asked()
    load_settings(environment)
    assert example().keys() == environment.names | compose_variables()


def test_what_the_example_shows_is_accepted() -> None:
    settings = load_settings(example())
    assert settings.database_url is not None
    assert settings.otlp_endpoint is not None


def test_what_the_example_shows_as_defaults_are_the_defaults() -> None:
    shown, defaults = load_settings(example()), load_settings({})
    for field in ("sleeper_base_url", "calls_per_minute", "log_level"):
        assert getattr(shown, field) == getattr(defaults, field)


# --- containers


def test_compose_publishes_on_loopback_only() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_compose_has_no_password_of_its_own() -> None:
    for name in ("POSTGRES_PASSWORD", "VALKEY_PASSWORD"):
        uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", COMPOSE_TEXT)
        assert uses
        assert set(uses) == {":?set it in .env"}
        assert example()[name] == ""


def test_compose_waits_for_healthy_engines_of_the_right_versions() -> None:
    services = COMPOSE["services"]
    assert services["postgres"]["image"] == "postgres:18"
    assert services["valkey"]["image"] == "valkey/valkey:9"
    for engine in ("postgres", "valkey"):
        assert services[engine]["healthcheck"]["test"]
        assert services["gamefilm"]["depends_on"][engine]["condition"] == "service_healthy"


def test_compose_hands_over_only_settings_that_exist() -> None:
    environment = Asked()
    load_settings(environment)
    assert COMPOSE["services"]["gamefilm"]["environment"].keys() <= environment.names


def test_the_image_copies_what_the_wheel_needs_and_what_may_be_copied() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for source in line.split()[:-1]
    }
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert {*wheel["packages"], *wheel["force-include"], "pyproject.toml"} <= copied
    allowed = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)


def test_the_service_has_one_port_everywhere() -> None:
    port = inspect.signature(up).parameters["port"].default
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert COMPOSE["services"]["gamefilm"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert {f"EXPOSE {port}", f'"--port", "{port}"', f"127.0.0.1:{port}/"} <= {
        *re.findall(r'EXPOSE \d+|"--port", "\d+"|127\.0\.0\.1:\d+/', dockerfile)
    }
    assert f"127.0.0.1:{port}" in README
    assert f"127.0.0.1:{port}" in make()


def test_the_image_runs_as_nobody_special() -> None:
    assert re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE) == ["gamefilm"]


# --- decisions


def test_the_index_lists_every_decision_by_its_title() -> None:
    listed = re.findall(
        r"^\| \[(\d{4})\]\((.+?)\) \| (.+?) \|", (ROOT / "docs/adr/README.md").read_text(), re.MULTILINE
    )
    titles = [(path.name[:4], path.name, path.read_text().split("\n")[0].partition(". ")[2]) for path in ADRS]
    assert listed == titles


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.name)
def test_a_decision_is_short_and_says_all_it_must(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 60
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Measured"]
