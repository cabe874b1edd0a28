"""Reading, augmenting and caching what models are trained on."""
