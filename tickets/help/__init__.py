"""The help pages: where customers write without a mail program, and report a box that came damaged with photographs."""
