"""One time-ordered stream per customer of all that happened, whichever room it happened in."""
