"""Interbrain: from raw dual-EEG recordings of dyads to tables, one room a stage."""

import os

# onnxruntime, which labels independent components, would keep a device identifier and a queue of events in
# the cache of the user, with paths that name them, and send it all: off, before anything can import it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"
