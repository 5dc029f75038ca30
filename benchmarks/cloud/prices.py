"""Prices of AWS in US dollars, us-east-1, without taxes, free tiers, traffic and savings plans.

Nothing is asked of AWS. Each figure has its source; look them up again before you rely on one.
"""

FARGATE_VCPU_HOUR = 0.04048
"""Linux on x86; https://www.wring.co/blog/aws-fargate-pricing-guide of 2026-03-10."""
FARGATE_GB_HOUR = 0.004445
"""Likewise."""
ML_C7I_LARGE_HOUR = 1.2 * 0.08925
"""Derived, since no source named it: 1.2 times the price of EC2's c7i.large.

ml.m5.large costs 0.115 (EC2 0.096) and ml.c5.xlarge 0.204 (EC2 0.17): JHUAPL-DTC-TA2/wiki,
docs/sagemaker_instances.md.
"""
LAMBDA_GB_SECOND = 0.0000166667
"""x86, first tier; the same for the start of an environment (AWS Compute Blog, 2025-08-01)."""
LAMBDA_REQUEST = 0.20 / 1_000_000
HOURS_PER_MONTH = 730


def fargate_hour(vcpu: float, memory_gb: float) -> float:
    """Price of one task for an hour."""
    return vcpu * FARGATE_VCPU_HOUR + memory_gb * FARGATE_GB_HOUR


def lambda_cost(billed_seconds: float, memory_mb: float, requests: int) -> float:
    """Price of some requests.

    Args:
        billed_seconds: of handler and start of environments, summed.
        memory_mb: of the function.
        requests: their number.
    """
    return billed_seconds * memory_mb / 1024 * LAMBDA_GB_SECOND + requests * LAMBDA_REQUEST
