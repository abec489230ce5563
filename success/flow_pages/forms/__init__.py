"""Forms of the flow editor: what a person picks and types, and the configuration that it stands for.

fields     lengths of time, and conditions as pickers
steps      a form for each kind of step
settings   when a flow starts, for whom, and when it stops
"""
