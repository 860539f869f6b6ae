"""One defect per domain rule on which it must fail.

Belongs here: the columns to change in a clean delivery. Does not belong here: defects of any table (``firing``).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.unit.expectations.builder import AFTER_MONTH, BEFORE_MONTH, IN_MONTH

DOMAIN: dict[str, dict[str, dict[str, Any]]] = {
    "household_register": {
        "head_share": {"relation_to_head": "户主"},
        "unsafe_housing_share": {"housing_grade": ["A级", "D级"]},
        "safe_water_share": {"has_safe_water": [True, False]},
        "pupils_without_labour": {"labour_ability": "普通劳动力"},
        "heads_not_infants": {"schooling_status": "学龄前儿童"},
    },
    "household_income": {
        "some_income": dict.fromkeys(("wage_income", "operating_income", "property_income", "transfer_income"), 0.0),
        "incomes_not_negative": {"property_income": -1.0},
        "income_magnitude": {"wage_income": 3.5},
        "expense_within_income": {"operating_expense": 101.0},
    },
    "monitored_households": {
        "eliminated_has_month": {"eliminated_month": None},
        "eliminated_has_mode": {"elimination_mode": None},
        "active_has_no_month": {"eliminated_month": "2021-05"},
        "eliminated_after_identified": {"eliminated_month": "2020-12"},
        "months_not_in_future": {"identified_month": "2021-07"},
    },
    "verification_returns": {
        "false_not_enrolled": {"result": "不属实", "is_enrolled": True},
        "not_found_share": {"result": ["查无此户", "属实"]},
    },
    "industry_support_payments": {"amount_positive": {"amount": 0.0}, "amount_magnitude": {"amount": 50_000.01}},
    "consumption_support": {"amount_positive": {"amount": 0.0}, "amount_magnitude": {"amount": 1_001.0}},
    "support_funds": {
        "allocated_positive": {"allocated": 0.0, "spent": 0.0},
        "spent_within_allocated": {"spent": [100.01] + [90.0] * 99},
        "fund_year_not_in_future": {"fund_year": 2022.0},
        "allocated_magnitude": {"allocated": 50_001.0},
    },
    "project_assets": {
        "value_positive": {"original_value": 0.0},
        "value_magnitude": {"original_value": 50_001.0},
        "household_assets_agree": {"asset_class": "到户类资产"},
        "village_assets_placed": {"division_code": None},
        "confirmed_is_registered": {"is_registered": False},
    },
    "policy_instruments": {
        "dated": {"issued_on": None, "effective_on": None},
        "issued_by_month_end": {"issued_on": AFTER_MONTH, "effective_on": AFTER_MONTH},
        "effective_after_issue": {"effective_on": BEFORE_MONTH},
    },
    "joint_meetings": {
        "several_departments": {"departments_attended": 1.0},
        "held_by_month_end": {"held_on": AFTER_MONTH},
    },
    "standard_designs": {"published_by_month_end": {"published_on": AFTER_MONTH}},
    "project_library": {
        "planned_positive": {"planned": 0.0},
        "planned_magnitude": {"planned": 50_001.0},
        "listed_by_month_end": {"listed_on": AFTER_MONTH, "approved_on": AFTER_MONTH},
        "approved_after_listing": {"approved_on": BEFORE_MONTH},
        "removed_share": {"removed_on": IN_MONTH},
    },
    "issue_cases": {
        "received_by_month_end": {"received_on": AFTER_MONTH},
        "open_has_no_closing": {"status": "在办"},
        "closed_has_outcome": {"outcome": None},
    },
    "archives": {
        "volumes_due_positive": {"volumes_due": 0.0, "volumes_filed": 0.0},
        "filed_within_due": {"volumes_filed": 11.0},
        "handed_over_by_month_end": {"handed_over_on": AFTER_MONTH},
    },
    "low_income_edge": {
        "recognised_by_month_end": {"recognised_on": AFTER_MONTH},
        "still_valid": {"valid_until": BEFORE_MONTH},
        "left_share": {"change_type": ["退出", "正常"]},
    },
    "rigid_expense_households": {
        "recognised_by_month_end": {"recognised_on": AFTER_MONTH},
        "still_valid": {"valid_until": BEFORE_MONTH},
        "left_share": {"change_type": ["退出", "正常"]},
    },
    "unsupported_children": {
        "recognised_by_month_end": {"recognised_on": AFTER_MONTH},
        "amount_positive": {"monthly_amount": 0.0},
        "left_share": {"change_type": ["退出", "正常"]},
    },
    "resident_cadres": {
        "village_postings_placed": {"division_code": None},
        "posted_by_month_end": {"posted_on": AFTER_MONTH},
        "secretaries_per_village": {"posting_type": "驻村第一书记"},
    },
    "toilet_retrofits": {
        "completed_by_month_end": {"completed_on": AFTER_MONTH},
        "subsidy_after_inspection": {"inspection_result": "未验收"},
        "qualified_is_usable": {"usage_status": "无法使用"},
    },
    "natural_villages": {
        "toilets_within_need": {"households_with_sanitary_toilet": 11.0},
        "need_within_households": {"households_needing_toilet": 11.0},
        "household_size": {"registered_population": 9.0},
        "treated_has_status": {"sewage_running_status": None},
        "untreated_has_no_status": {"sewage_running_status": "正常"},
        "demonstration_within_points": {"demonstration_waste_points": 11.0},
    },
    "village_infrastructure": {
        "plan_applies_to_villages": {"plan_status": "不适用"},
        "completed_plan_has_date": {"plan_approved_on": None},
        "open_plan_has_no_date": {"plan_status": "未启动", "plan_approved_on": BEFORE_MONTH},
        "approved_by_month_end": {"plan_approved_on": AFTER_MONTH},
        "stations_imply_coverage": {"has_4g": False},
    },
    "rural_roads": {
        "length_positive": {"length_km": 0.0},
        "length_magnitude": {"length_km": 1_500.0},
        "rebuilt_is_paved": {"is_paved": False},
        "rebuilt_by_month_end": {"rebuilt_on": AFTER_MONTH},
    },
    "cleaning_fund": {
        "population_magnitude": {"registered_population": 0.0},
        "raised_per_person": {"villagers_raised": 5_001.0},
        "paid_per_person": {"town_paid": 6_000.0, "district_paid": 4_001.0},
        "campaigns_magnitude": {"cleaning_campaigns": 32.0},
    },
    "collective_income": {
        "parts_within_total": {"land_contract_income": 60.02},
        "total_magnitude": {"total_income": 300_000.0},
        "year_not_in_future": {"income_year": [2022.0] + [2021.0] * 99},
    },
    "subsistence_allowance": {
        "amount_positive": {"monthly_amount": 0.0},
        "stopped_share": {"change_type": ["停发", "正常"]},
        "approved_by_month_end": {"approved_on": AFTER_MONTH},
    },
    "extreme_poverty_support": {
        "amount_positive": {"monthly_amount": 0.0},
        "amount_magnitude": {"monthly_amount": 299.0},
        "approved_by_month_end": {"approved_on": AFTER_MONTH},
    },
    "disability_subsidies": {
        "nursing_for_severe": {"disability_grade": "三级", "disability_category": "肢体", "nursing_subsidy": 250.0},
        "severe_share": {"disability_grade": "一级"},
        "certified_by_month_end": {"certified_on": AFTER_MONTH},
    },
    "deaths": {
        "died_by_month_end": {"died_on": AFTER_MONTH},
        "cremated_after_death": {"cremated_on": dt.date(2021, 6, 14)},
        "cremated_soon": {"cremated_on": dt.date(2021, 8, 15)},
    },
    "temporary_assistance": {"amount_positive": {"amount": 0.0}, "other_reason_share": {"reason": "其他"}},
    "village_committees": {
        "secretaries_per_village": {"is_party_secretary": True},
        "directors_per_village": {"is_committee_director": True},
        "collective_heads_per_village": {"is_collective_head": True},
        "villages_with_secretary_share": {"is_party_secretary": [True] + [False] * 99},
        "members_per_village": {"division_code": "441802101201"},
        "working_age": {"birth_month": "1945-12"},
        "both_posts_cross_serving": {"is_cross_serving": False},
    },
    "party_membership": {
        "bachelors_within_members": {"bachelor_or_above": [501.0] + [5.0] * 99},
        "postgraduates_within_bachelors": {"postgraduate": [121.0] + [1.0] * 99},
        "young_within_members": {"aged_35_or_below": [501.0] + [8.0] * 99},
        "scopes_per_town": {"town_code": [f"441802{town:03d}" for town in range(100)], "member_scope": "全体党员"},
        "new_within_members": {"members": [500.0, 501.0] + [500.0, 10.0] * 49},
    },
    "medical_settlements": {
        "parts_make_total": {"self_paid": [299.98] * 24 + [-299.98], "medical_aid_paid": [100.0] * 24 + [-100.0]},
        "reversals_negative": {"is_reversal": True},
        "settlements_not_negative": {"is_reversal": None},
        "reversal_share": {"is_reversal": [True, False]},
        "inpatients_admitted": {"admitted_on": None},
        "admitted_before_settled": {"admitted_on": dt.date(2021, 6, 16)},
        "inpatient_magnitude": {"total_cost": 0.1},
    },
    "medical_insurance_enrolment": {
        "current_year_share": {"insured_year": [2020.0, 2020.0, 2021.0]},
        "insured_share": {"enrolment_status": ["正常参保", "未参保"]},
    },
    "serious_illness": {
        "diagnosed_by_month_end": {"diagnosed_on": AFTER_MONTH},
        "diagnosed_in_month_share": {"diagnosed_on": IN_MONTH},
    },
    "employment_monitoring": {
        "employed_has_place": {"work_place": None},
        "employed_has_start": {"started_on": None},
        "employed_not_ended": {"ended_on": dt.date(2021, 5, 31)},
        "started_before_ended": {"ended_on": dt.date(2021, 3, 14)},
        "started_by_month_end": {"started_on": AFTER_MONTH},
        "wage_magnitude": {"monthly_wage": 0.4},
    },
    "unemployment_registration": {
        "unemployed_by_month_end": {"unemployed_on": AFTER_MONTH},
        "unemployed_recently": {"unemployed_on": dt.date(2016, 5, 31)},
    },
    "skills_training": {
        "completed_wanted": {"wanted_training": False},
        "completed_share": {"completed": [True, False, False]},
    },
    "employment_incentives": {
        "amount_positive": {"amount": 0.0},
        "travel_magnitude": {"incentive_type": "外出务工交通", "amount": 2_200.0},
    },
    "job_support_activities": {
        "attended": {"activity_type": "专场招聘会", "attendances": 0.0},
        "attendance_magnitude": {"attendances": 10_001.0},
        "activities_placed": {"town_code": None},
    },
    "pension_enrolment": {
        "drawing_has_pension": {"monthly_pension": None},
        "not_drawing_has_none": {"monthly_pension": 180.0},
        "ended_not_drawing": {"enrolment_status": "终止参保", "benefit_status": "领取中"},
    },
}
"""Columns of a clean delivery to change so that one domain rule fails, by dataset and rule."""
