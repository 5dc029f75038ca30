"""A plan: what would be created and what it costs, without asking AWS."""

import json
from datetime import date
from pathlib import Path

import pytest

from okng.deploy.aws.costs import Item, estimate, hourly
from okng.deploy.aws.plan import Plan, check_name, content_of, plan, write
from okng.deploy.aws.prices import read_prices
from okng.deploy.aws.targets import Content
from okng.deploy.aws.targets.ecs import Ecs
from okng.deploy.aws.targets.function import Function
from okng.deploy.aws.targets.sagemaker import SageMaker
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.serve.aws_lambda.settings import PHOTO_BYTES
from okng.serve.sagemaker import REAL_TIME_BYTES

PRICES = """
region = "eu-central-1"
[[sources]]
name = "a price list"
date = 2026-11-01
[sources.usd]
"ml.c7i.large" = 1.0
"key" = 2.0
"alarm" = 0.5
"sagemaker.data" = 0.0
"s3.put" = 0.0
"s3.storage" = 0.0
"""


@pytest.fixture
def planned(content: Content) -> Plan:
    """A SageMaker endpoint in Frankfurt."""
    return plan("castings", "eu-central-1", SageMaker(), content, read_prices())


def test_plan_lists_two_stacks(planned: Plan) -> None:
    """The store first, since the model must be in it."""
    assert [stack.name for stack in planned.stacks] == ["okng-castings-store", "okng-castings"]
    assert "AWS::S3::Bucket" in {each.kind for each in planned.stacks[0].resources}
    assert "AWS::SageMaker::Endpoint" in {each.kind for each in planned.stacks[1].resources}


def test_plan_leaves_out_what_its_options_do_not_want(content: Content) -> None:
    """Mail and the network of the callers are made where they are given."""

    def kinds(target: SageMaker) -> set[str]:
        made = plan("castings", "eu-central-1", target, content, read_prices())
        return {each.kind for each in made.stacks[1].resources}

    assert "AWS::EC2::VPCEndpoint" not in kinds(SageMaker())
    assert "AWS::EC2::VPCEndpoint" in kinds(
        SageMaker(network="vpc-1", subnets=("a", "b"), callers="sg")
    )
    assert "AWS::SNS::Subscription" in kinds(SageMaker(email="line@plant.example"))


def test_half_a_network_is_refused(content: Content) -> None:
    """An endpoint without callers would only cost."""
    with pytest.raises(ConfigError, match="in part"):
        plan("castings", "eu-central-1", SageMaker(network="vpc-1"), content, read_prices())


def test_object_is_named_by_the_model(planned: Plan) -> None:
    """Another model never overwrites one that an endpoint may load again."""
    assert planned.upload == f"models/{planned.archive.model_digest}/model.tar.gz"


def test_cost_at_rest_is_the_sum_of_its_lines(content: Content, tmp_path: Path) -> None:
    """Two instances of one dollar an hour, a key of two, five alarms of a half."""
    path = tmp_path / "prices.toml"
    path.write_text(PRICES)

    made = plan("castings", "eu-central-1", SageMaker(least=2), content, read_prices(path))

    assert made.cost.rest_usd == pytest.approx(2 * 730 + 2 + 2.5)
    assert made.cost.sources == ["2026-11-01: a price list"]
    assert made.cost.region == "eu-central-1"


def test_lambda_costs_by_the_time_of_this_machine(content: Content) -> None:
    """1,000 photos of the time that the sample took here, at 1 GB."""
    assert content.here is not None
    prices = read_prices()

    made = plan("castings", "us-east-1", Function(memory_mb=1024), content, prices)

    seconds = 1000 * content.here.seconds
    expected = 1000 * prices.usd("lambda.request") + seconds * prices.usd("lambda.compute")
    assert made.cost.photos_usd == pytest.approx(expected)


def test_lambda_at_rest_costs_no_computing(content: Content) -> None:
    """Only key and alarms."""
    made = plan("castings", "us-east-1", Function(), content, read_prices())

    assert made.cost.rest_usd == pytest.approx(1.4)


def test_budget_notes_of_the_templates_hold(content: Content) -> None:
    """The figures that stand in the templates are those of the price file, rounded."""
    prices = read_prices()
    ecs = plan("castings", "us-east-1", Ecs(), content, prices).cost.rest_usd
    endpoint = plan("castings", "us-east-1", SageMaker(), content, prices).cost

    assert ecs == pytest.approx(146, abs=1)
    assert endpoint.rest[0].usd == pytest.approx(78, abs=0.5)


def test_second_database_doubles_its_price(content: Content) -> None:
    """Instance and storage."""
    one, two = (
        plan("castings", "us-east-1", Ecs(two_zones=both), content, read_prices()).cost.rest_usd
        for both in (False, True)
    )

    assert two - one == pytest.approx(730 * 0.032 + 20 * 0.115)


def test_written_plan_is_what_the_tools_of_aws_read(planned: Plan, tmp_path: Path) -> None:
    """Archive, two templates, two files of parameters."""
    written = write(planned, tmp_path / "plan")

    assert {path.name for path in written} == {
        "model.tar.gz", "store.yaml", "okng-castings-store.json", "sagemaker.yaml",
        "okng-castings.json",
    }  # fmt: skip
    document = json.loads((tmp_path / "plan" / "okng-castings.json").read_text())
    assert document["Parameters"]["InstanceType"] == "ml.c7i.large"


def test_plan_needs_no_photo(exported: Path) -> None:
    """Nothing is judged then."""
    content = content_of(exported, None)

    assert content.here is None
    assert plan("castings", "us-east-1", Function(), content, read_prices()).cost.photos_usd > 0


@pytest.mark.parametrize(
    "name", ["a", "Castings", "1st", "a" * 26, "mit_strich", "gießerei", "", "line-", "line--3"]
)
def test_name_that_aws_would_refuse_is_refused_here(name: str) -> None:
    """Before anything is created."""
    with pytest.raises(ConfigError) as caught:
        check_name(name)

    assert caught.value.allowed is not None


@pytest.mark.parametrize("name", ["castings", "line-3", "ab"])
def test_plain_name_is_taken(name: str) -> None:
    """Letters, digits, hyphens."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    "image",
    ["okng-station", "docker.io/okng/station:1", "123.dkr.ecr.us-east-1.amazonaws.com/okng:1",
     "123456789012.dkr.ecr.us-east-1.amazonaws.com/okng"],
)  # fmt: skip
def test_image_outside_of_ecr_is_refused(image: str, content: Content) -> None:
    """AWS would refuse it after minutes; without a version nobody knows what runs."""
    with pytest.raises(ConfigError, match="no image"):
        plan("castings", "us-east-1", SageMaker(image=image), content, read_prices())


def test_image_of_another_region_is_refused(content: Content) -> None:
    """SageMaker and Lambda take images of their own region alone."""
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/okng:1"

    with pytest.raises(ConfigError, match="stands in us-east-1"):
        plan("castings", "eu-central-1", SageMaker(image=image), content, read_prices())


def test_every_price_has_a_source_and_a_date() -> None:
    """None is of the future, and none is free."""
    prices = read_prices()

    assert len(prices.by_name) > 15
    for price in prices.by_name.values():
        assert price.usd > 0
        assert price.source
        assert date(2023, 1, 1) <= price.date <= date(2026, 11, 29)


def test_price_that_is_missing_is_named(content: Content) -> None:
    """With those of its family that are there."""
    with pytest.raises(ConfigError) as caught:
        plan("castings", "us-east-1", SageMaker(instance="ml.c7i.huge"), content, read_prices())

    assert caught.value.code is Code.SETTINGS_INVALID
    assert "ml.c7i.large" in str(caught.value.allowed)


@pytest.mark.parametrize("text", ["no toml =", 'region = "x"', "[[sources]]\nname = 1"])
def test_file_of_another_form_is_no_price_list(text: str, tmp_path: Path) -> None:
    """The error names the form."""
    path = tmp_path / "prices.toml"
    path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        read_prices(path)

    assert caught.value.code is Code.SETTINGS_UNREADABLE


def test_line_without_a_quantity_is_left_out() -> None:
    """What is not wanted is not listed at zero dollars."""
    made = estimate([hourly("instances", "ml.c7i.large"), Item("network", "endpoint", 0)], [],
                    read_prices())  # fmt: skip

    assert [line.what for line in made.rest] == ["instances"]


@pytest.mark.parametrize("date", ['"2026-11-29"', "20261129"])
def test_prices_with_a_date_that_is_none_are_refused(date: str, tmp_path: Path) -> None:
    """A text in quotes, or a number: the error states the form."""
    path = tmp_path / "prices.toml"
    path.write_text(
        f'region = "eu-central-1"\n[[sources]]\nname = "a list"\ndate = {date}\nusd = {{key = 1}}\n'
    )

    with pytest.raises(ConfigError, match="is no date"):
        read_prices(path)


def test_targets_take_what_the_station_in_them_takes() -> None:
    """The limits of both platforms stand on either side of a boundary that is not crossed."""
    assert Function.most_bytes == PHOTO_BYTES
    assert SageMaker.most_bytes == REAL_TIME_BYTES
