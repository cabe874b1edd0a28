"""Many recordings at once: every file watched once, whatever happens on the way.

`engine.batch.run.Batch` is the whole; `local` and `on_ray` are the two ways to do the work, and
`ledger` remembers what is done.
"""
