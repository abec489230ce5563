"""What the pages of flows show and ask: the drawing, the editor, its forms, previews, runs, and words for all of it."""
