"""The same done to many tickets: a job row, worked off ticket by ticket, with one undo for the whole."""
