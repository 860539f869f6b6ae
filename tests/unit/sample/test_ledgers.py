"""The ledgers of places and bodies carry the figures of the district report of 2021, at every sample size."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from sample.departments import funds, governance, projects, villages
from sample.district import District

LAST = 2


def test_natural_villages(district: District) -> None:
    rows = villages.natural_villages(district, LAST)
    assert rows.height == 1000
    assert rows["has_sewage_separation"].mean() == pytest.approx(0.888)
    assert rows["is_sewage_treated"].mean() == pytest.approx(0.803)
    assert rows["has_piped_water"].mean() == pytest.approx(0.946)
    assert rows["sewage_tanks"].sum() == 1265
    assert rows["waste_points"].sum() == 2191
    assert rows["demonstration_waste_points"].sum() == 74
    assert rows["households_with_sanitary_toilet"].sum() == rows["households_needing_toilet"].sum()


def test_infrastructure(district: District) -> None:
    rows = villages.village_infrastructure(district, LAST)
    assert rows.height == 161
    assert rows["base_stations_4g"].sum() == 3599
    assert rows["transfer_stations"].sum() == 4
    assert (rows["plan_status"] == "已完成").sum() == 70
    assert rows["has_bus"].all()


def test_roads(district: District) -> None:
    rows = villages.rural_roads(district, LAST)
    length = rows["length_km"].sum() / 100
    assert round(length * 100 / 1296, 0) == 178
    assert round(rows.filter("is_paved")["length_km"].sum() / rows["length_km"].sum() * 100, 1) == 85.0
    assert rows.filter(pl.col("rebuilt_on").is_not_null())["length_km"].sum() == 68_70


def test_cleaning_fund_breaks_the_rule_in_one_village(district: District) -> None:
    rows = villages.cleaning_fund(district, LAST)
    owed = pl.min_horizontal("villagers_raised", pl.col("registered_population") * 100)
    wrong = rows.filter((pl.col("town_paid") != owed) | (pl.col("district_paid") != owed))
    assert wrong["village_name"].to_list() == [district.places.villages["village_code"][villages.BREACHED]]
    over = rows.filter(pl.col("villagers_raised") > pl.col("registered_population") * 100)
    assert over["village_name"].to_list() == [district.places.villages["village_code"][villages.OVERPAID]]


def test_collective_income_stands_on_its_edges(district: District) -> None:
    latest = villages.collective_income(district, LAST).filter(pl.col("income_year") == 2020)
    assert {30_00, 100_00, 29_99, 100_01} <= set(latest["total_income"])
    assert 0.45 < latest["total_income"].is_between(30_00, 100_00).mean() < 0.55


def test_committees(district: District) -> None:
    rows = governance.village_committees(district, LAST)
    born = pl.col("resident_id").str.slice(6, 8).str.to_date("%Y%m%d")
    end = pl.lit(date(2021, 6, 30))
    age = rows.select(
        end.dt.year() - born.dt.year() - (end.dt.strftime("%m%d") < born.dt.strftime("%m%d")).cast(pl.Int32)
    ).to_series()
    assert rows.height == 933
    assert rows["education"].is_in(["大专", "本科", "研究生"]).sum() == 811
    assert rows["education"].is_in(["小学", "初中"]).not_().sum() == 906
    assert (age < 35).sum() == 375
    assert round(age.mean(), 1) == 39.1
    posts = pl.all_horizontal("is_party_secretary", "is_committee_director", "is_collective_head")
    assert rows.filter(posts)["village_name"].n_unique() == 161


def test_party_and_money(district: District) -> None:
    party = governance.party_membership(district, LAST)
    every, new = (party.filter(pl.col("member_scope") == s).sum() for s in ("全体党员", "新发展党员"))
    assert round(every["bachelor_or_above"][0] / every["members"][0] * 100, 2) == 26.15
    assert round(every["aged_35_or_below"][0] / every["members"][0] * 100, 2) == 24.79
    assert round(new["bachelor_or_above"][0] / new["members"][0] * 100, 2) == 40.81
    assert round(new["postgraduate"][0] / new["members"][0] * 100, 2) == 0.49
    assert funds.support_funds(district, LAST)["allocated"].sum() == 6104_30


def test_purchases_activities_and_cadres_over_the_months(district: District) -> None:
    purchases = pl.concat([projects.consumption_support(district, p) for p in range(3)])
    assert (purchases["channel"] == "展销会").sum() == 5
    assert purchases.filter(pl.col("channel") == "众创空间")["amount"].sum() == 7944_00
    activities = pl.concat([governance.job_support_activities(district, p) for p in range(3)])
    assert dict(activities["activity_type"].value_counts().rows()) == {"转移就业": 4, "扶贫车间": 3, "专场招聘会": 2}
    cadres = projects.resident_cadres(district, LAST)
    assert dict(cadres["posting_type"].value_counts().rows()) == {
        "科级干部驻镇": 8,
        "区级干部驻村": 8,
        "驻村第一书记": 161,
    }
    assert cadres.filter(pl.col("posting_type") == "区级干部驻村")["village_name"].n_unique() == 4


def test_one_asset_breaks_the_title_rule(district: District) -> None:
    rows = projects.project_assets(district, LAST)
    owner = {"区级": "区政府", "村级": "村集体", "到户": "农户"}
    keeps = (
        (pl.col("owner") == pl.col("implementation_level").replace_strict(owner))
        & pl.col("is_registered")
        & (pl.col("is_title_confirmed") == (pl.col("implementation_level") != "到户"))
    )
    assert rows.filter(~keeps)["asset_no"].to_list() == [rows["asset_no"][projects.ASSET_IN_BREACH]]
