"""How content customers are: asked once after a ticket was resolved, answered on a page of their own."""
