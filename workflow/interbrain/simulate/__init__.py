"""Simulated dyads with a known truth: two brains, two amplifiers, two clocks, and artefacts that are planted.

Writes Poly5 files as of a Mobita (`simulate_dyad`) or gives recordings in memory with their parts
(`simulate_recording`, `simulate_pair`).
"""

from .artifacts import Artifacts, ArtifactsError, faults_of, in_words
from .coupling import DIFFUSION, attenuation, concentration, coupled_phases, plv_in_band
from .dyads import SAW_MODULUS, TRIGGER_ACTIVE, TRIGGER_IDLE, shared_pulses, simulate_dyad
from .heads import CHANNELS
from .members import Member, member_signal
from .recordings import SimulatedRecording, simulate_pair, simulate_recording

__all__ = [
    "CHANNELS",
    "DIFFUSION",
    "SAW_MODULUS",
    "TRIGGER_ACTIVE",
    "TRIGGER_IDLE",
    "Artifacts",
    "ArtifactsError",
    "Member",
    "SimulatedRecording",
    "attenuation",
    "concentration",
    "coupled_phases",
    "faults_of",
    "in_words",
    "member_signal",
    "plv_in_band",
    "shared_pulses",
    "simulate_dyad",
    "simulate_pair",
    "simulate_recording",
]
