"""Simulated dyads with a known truth: two brains, two amplifiers, two clocks, and artefacts that are planted.

Writes Poly5 files as of a Mobita (`simulate_dyad`) or gives recordings in memory with their parts
(`simulate_recording`, `simulate_pair`). A `Session` adds coded events and two bodies.
"""

from .artifacts import Artifacts, ArtifactsError, faults_of, in_words
from .bodies import Bodies, Coupling, coupled_series, expected_correlation
from .coupling import DIFFUSION, attenuation, concentration, coupled_phases, plv_in_band
from .dyads import SAW_MODULUS, TRIGGER_ACTIVE, TRIGGER_IDLE, shared_pulses, simulate_dyad
from .events import Event, kappa, planted_events, second_coder
from .heads import CHANNELS
from .members import Member, member_signal
from .recordings import SimulatedRecording, simulate_pair, simulate_recording
from .sessions import Session

__all__ = [
    "CHANNELS",
    "DIFFUSION",
    "SAW_MODULUS",
    "TRIGGER_ACTIVE",
    "TRIGGER_IDLE",
    "Artifacts",
    "ArtifactsError",
    "Bodies",
    "Coupling",
    "Event",
    "Member",
    "Session",
    "SimulatedRecording",
    "attenuation",
    "concentration",
    "coupled_phases",
    "coupled_series",
    "expected_correlation",
    "faults_of",
    "in_words",
    "kappa",
    "member_signal",
    "planted_events",
    "plv_in_band",
    "second_coder",
    "shared_pulses",
    "simulate_dyad",
    "simulate_pair",
    "simulate_recording",
]
