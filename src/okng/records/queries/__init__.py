"""Questions to the records: pages of inspections, one inspection, statistics of a period.

Each is answered from an index in time that does not grow with the number of inspections.
"""

from okng.records.queries.cursor import Cursor
from okng.records.queries.detail import InspectionDetail
from okng.records.queries.entry_pages import EntryPage
from okng.records.queries.exact_rate import ExactRate
from okng.records.queries.filters import InspectionFilter
from okng.records.queries.pages import Count, LatestReview, Page
from okng.records.queries.statistics import Counts, Histogram, Latency, ReviewedRates, Statistics

__all__ = [
    "Count",
    "Counts",
    "Cursor",
    "EntryPage",
    "ExactRate",
    "Histogram",
    "InspectionDetail",
    "InspectionFilter",
    "Latency",
    "LatestReview",
    "Page",
    "ReviewedRates",
    "Statistics",
]
