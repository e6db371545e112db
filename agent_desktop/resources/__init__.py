"""REST resources, a module per noun: each gives its rows of the route table."""
