"""The main job: from a TOML to a champion, its pruned variants, the choice and the report."""
