"""All evidence on a champion and its challenger, section by section; what cannot be judged says why."""
