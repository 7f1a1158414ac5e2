# What cleaning did to each recording becomes a picture, and every decision a row of a table. One job a dyad and
# run: the windows are the pair's. The results do not wait for them: they are drawn while nothing else is ready.


rule picture:
    input:
        unpack(recordings_of_pair),
        unpack(
            of_members(
                therapist=("therapist", f"{CLEAN}_eeg.fif"),
                client=("client", f"{CLEAN}_eeg.fif"),
                therapist_ica=("therapist", f"{CLEAN}_ica.fif"),
                client_ica=("client", f"{CLEAN}_ica.fif"),
                therapist_account=("therapist", f"{CLEAN}_eeg.json"),
                client_account=("client", f"{CLEAN}_eeg.json"),
                therapist_spectra=("therapist", f"{CLEAN}_spectra.npz"),
                client_spectra=("client", f"{CLEAN}_spectra.npz"),
                therapist_facts=("therapist", FACTS),
                client_facts=("client", FACTS),
                therapist_measured=("therapist", MEASURED),
                client_measured=("client", MEASURED),
                **({f"{role}_events": (role, EVENTS) for role in ("therapist", "client")} if APART else {}),
            )
        ),
        ledger=rules.synchrony.output.ledger,
        lags=rules.lags.output.table,
    output:
        therapist=f"{DYAD}_desc-therapist_summary.webp",
        client=f"{DYAD}_desc-client_summary.webp",
        therapist_decisions=f"{DYAD}_desc-therapist_decisions.tsv",
        therapist_dictionary=f"{DYAD}_desc-therapist_decisions.json",
        client_decisions=f"{DYAD}_desc-client_decisions.tsv",
        client_dictionary=f"{DYAD}_desc-client_decisions.json",
    log:
        "results/logs/picture/dyad-{dyad}_task-{task}_run-{run}.log",
    priority: -1
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("picture"),
    params:
        cap_maps=lambda w: {
            role: adopted_cap_map(study.member(w.dyad, role), w.dyad, w.run)
            for role in ("therapist", "client")
        },
        look=LOOK,
        code=code_of("picture.py"),
    script:
        "../scripts/picture.py"
