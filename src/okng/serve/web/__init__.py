"""Pages of the station: for operators, quality engineers and administrators, in a browser.

Jinja2 renders, htmx replaces parts of a page, uPlot draws charts. No file comes from elsewhere.
"""
