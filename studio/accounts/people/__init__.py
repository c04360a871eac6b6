"""The people of a studio: the owner's pages, and the acts that the pages and the admin share."""
