"""Where bundles come from: files, addresses, the gallery; and detectors of others made to fit."""
