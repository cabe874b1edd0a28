"""Rules: when something is recognised, do something. `docs/rules.md` describes them for people."""
