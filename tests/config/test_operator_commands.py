"""`confirm_move`, `pause` and `clock`: what operators say by command."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from endpoints.models import Installation, Network, Region, read_clock
from endpoints.models.installation import postgres_identity

pytestmark = pytest.mark.django_db


def run(command: str, *options: str) -> str:
    out = StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def network() -> Network:
    region = Region.objects.create(name="eu-central-1", account_id="111111111111")
    return Network.objects.create(region=region, vpc_id="vpc-1")


class TestConfirmMove:
    def test_unmoved_installation_has_nothing_to_confirm(self) -> None:
        assert "nothing to confirm" in run("confirm_move")
        assert not Installation.get().has_moved

    def test_moved_installation_is_pinned_anew_only_with_yes(self) -> None:
        Installation.objects.update(pg_system_identifier="1", pg_database_oid=2)
        with pytest.raises(CommandError, match="--yes"):
            run("confirm_move")
        assert Installation.get().has_moved
        said = run("confirm_move", "--yes")
        assert "Pinned: server 1, database 2" in said
        assert f"Found:  server {postgres_identity()[0]}" in said
        assert not Installation.get().has_moved

    def test_account_of_a_region_is_pinned_anew_only_with_yes(self, network: Network) -> None:
        with pytest.raises(CommandError, match="was seen"):
            run("confirm_move", "--account", "eu-central-1")
        Region.objects.update(account_seen="222222222222")
        with pytest.raises(CommandError, match="--yes"):
            run("confirm_move", "--account", "eu-central-1")
        assert Region.objects.get().account_id == "111111111111"
        run("confirm_move", "--account", "eu-central-1", "--yes")
        assert Region.objects.get().account_id == "222222222222"
        assert "nothing to confirm" in run("confirm_move", "--account", "eu-central-1")

    def test_unknown_region_is_refused(self) -> None:
        with pytest.raises(CommandError, match="no region"):
            run("confirm_move", "--account", "eu-west-1", "--yes")


class TestPause:
    def test_everything_is_paused_and_resumed(self, network: Network) -> None:
        assert "All AWS writes: paused" in run("pause", "--all")
        assert Installation.get().writes_paused
        assert "All AWS writes: on" in run("pause", "--all", "--off")
        assert not Installation.get().writes_paused

    @pytest.mark.parametrize("by", ["vpc_id", "pk"])
    def test_one_network_is_paused_by_vpc_or_number(self, network: Network, by: str) -> None:
        name = str(getattr(network, by))
        assert "Network eu-central-1 / vpc-1: paused" in run("pause", "--network", name)
        assert not Installation.get().writes_paused
        assert "Network eu-central-1 / vpc-1: on" in run("pause", "--network", name, "--off")

    def test_plan_only_is_a_pause_that_tells(self) -> None:
        assert "paused (plan only)" in run("pause", "--plan-only")
        run("pause", "--plan-only", "--off")
        installation = Installation.get()
        assert (installation.writes_paused, installation.plan_only) == (False, False)

    def test_all_off_ends_plan_only_as_well(self) -> None:
        run("pause", "--all")
        run("pause", "--plan-only")
        run("pause", "--all", "--off")
        installation = Installation.get()
        assert (installation.writes_paused, installation.plan_only) == (False, False)

    def test_without_options_nothing_changes(self, settings: Any) -> None:
        settings.AWS_WRITES_PAUSED = True
        assert "The setting AWS_WRITES_PAUSED is on" in run("pause")
        assert not Installation.get().writes_paused

    @pytest.mark.parametrize(
        "options",
        [["--off"], ["--network", "vpc-9"], ["--network", "9" * 30], ["--network", "1", "--plan-only"]],
    )
    def test_what_cannot_be_meant_is_refused(self, options: list[str]) -> None:
        with pytest.raises(CommandError):
            run("pause", *options)


class TestClock:
    @pytest.fixture(autouse=True)
    def _clock(self, settings: Any, tmp_path: Path) -> None:
        settings.CLOCK_FILE = tmp_path / "clock.json"

    @pytest.mark.parametrize(
        ("text", "ahead"),
        [
            ("7d", timedelta(days=7)),
            ("12h", timedelta(hours=12)),
            ("90m", timedelta(minutes=90)),
            ("30s", timedelta(seconds=30)),
        ],
    )
    def test_clock_moves_ahead(self, text: str, ahead: timedelta) -> None:
        run("clock", "--advance", text)
        moment = read_clock()
        assert moment.now - moment.real == ahead

    def test_clock_runs_faster_and_goes_back_to_real_time(self) -> None:
        assert "running at 60 times real time" in run("clock", "--scale", "60")
        run("clock", "--advance", "1d")
        run("clock", "--reset")
        moment = read_clock()
        assert moment.now == moment.real

    @pytest.mark.parametrize(
        "options", [["--advance", "soon"], ["--advance", "-1d"], ["--scale", "0"], ["--scale", "nan"]]
    )
    def test_nonsense_is_refused(self, options: list[str], settings: Any) -> None:
        with pytest.raises(CommandError):
            run("clock", *options)
        assert not settings.CLOCK_FILE.exists()

    def test_production_has_no_clock_to_move(self, settings: Any) -> None:
        settings.CLOCK_FILE = None
        with pytest.raises(CommandError, match="CLOCK_FILE"):
            run("clock", "--advance", "1d")
