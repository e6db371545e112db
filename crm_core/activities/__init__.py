"""What people do about customers: notes now; tasks, visits and callbacks come here."""
