"""What the store's own history says: whether service predicts churn here, and whether the flows work.

`hazards`, `landmark`, `prediction`, `sequential` and `flow_effect` estimate: frames in, results out, no database.
`facts` reads the frames, `keeping` stores what was found, `words` says it. docs/evidence.md has the assumptions.
"""
