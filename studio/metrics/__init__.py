"""Figures for Prometheus: what the web processes count, and the page /metrics.

`counters` has the numbers of all processes of one granian, `text` writes them, and `views` has the
page.
"""
