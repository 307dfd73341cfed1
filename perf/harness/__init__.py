"""Measures Darban beside the proxies people know, on one machine, with what Debian brings.

    bench      a scratch folder, the origin, servers started and ended
    systems    who is measured: how each is configured and started
    loads      what clients do: wrk, h2load, curl, gtlsclient, and sockets where none of them fits
    measure    processor time and memory of a tree of processes
    scenarios  which system does what under which load, and the goal
    rounds     warming, interleaving, medians
    report     JSON and Markdown;  plot: SVG
"""
