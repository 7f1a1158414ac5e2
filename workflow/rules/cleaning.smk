# A BIDS recording becomes a cleaned continuous recording, with an account of what was done and why: the
# first of the derivatives, which are a BIDS dataset of their own.

from interbrain import __version__
from interbrain.reproducibility.seeds import derived_seed


rule clean:
    input:
        **({"events": EVENTS} if APART else {}),
        recording=recorded,
    output:
        raw=f"{CLEAN}_eeg.fif",
        ica=f"{CLEAN}_ica.fif",
        account=f"{CLEAN}_eeg.json",
        spectra=f"{CLEAN}_spectra.npz",
    log:
        "results/logs/clean/sub-{participant}_ses-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("clean"),
    params:
        settings=lambda w: {
            **{key: value for key, value in config["cleaning"].items() if key not in LOOK},
            "line_frequency": line_frequency(w),
        },
        seed=derived_seed(config["seed"], "clean"),
        decisions=lambda w: study.recording_decisions(w.participant, w.dyad, w.run),
        cap_map=lambda w: adopted_cap_map(w.participant, w.dyad, w.run),
        code=code_of("clean.py"),
    script:
        "../scripts/clean.py"


rule derivative:
    output:
        multiext(f"{DERIVATIVES}/", "dataset_description.json", "README.md", ".bidsignore"),
    log:
        "results/logs/derivative.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("derivative"),
    params:
        settings={
            "title": config["title"],
            "authors": config["authors"],
            "version": __version__,
            "raw": config["raw_folder"] if config["input"] == "bids" else "bids",
        },
        code=code_of("derivative.py"),
    script:
        "../scripts/derivative.py"
