"""What the BIDS validator says, counted by kind."""

from interbrain.bids.validator import by_kind


def test_warnings_of_one_kind_are_one_entry_with_their_number_and_the_first_files():
    of_sidecars = {"severity": "warning", "code": "SIDECAR_KEY_RECOMMENDED", "subCode": "CapManufacturer"}
    issues = [of_sidecars | {"location": f"/sub-{n:02}_eeg.json"} for n in range(9, 0, -1)]
    issues += [{"severity": "warning", "code": "NO_README"}, {"severity": "error", "code": "EMPTY_FILE"}]
    issues += [{"severity": "ignore", "code": "ANYTHING"}]
    kinds = by_kind(issues)
    assert [(kind["code"], kind["count"]) for kind in kinds] == [
        ("EMPTY_FILE", 1),
        ("SIDECAR_KEY_RECOMMENDED", 9),
        ("NO_README", 1),
    ]
    assert kinds[1]["about"] == "CapManufacturer"
    assert kinds[1]["first_files"] == ["/sub-01_eeg.json", "/sub-02_eeg.json", "/sub-03_eeg.json"]
