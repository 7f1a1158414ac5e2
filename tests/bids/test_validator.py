"""What is kept of the official validator's words is the same on every disk."""

from interbrain.bids.validator import in_order


def test_the_order_of_files_on_a_disk_is_not_kept():
    one = {"issues": [{"code": "A", "location": "x"}, {"code": "A"}], "summary": {"subjects": ["T01", "C01"]}}
    other = {"issues": one["issues"][::-1], "summary": {"subjects": ["C01", "T01"]}}
    assert in_order(one) == in_order(other)
    assert in_order(one)["summary"]["subjects"] == ["C01", "T01"]
    assert len(in_order(one)["issues"]) == 2


def test_numbers_and_empty_lists_are_kept():
    assert in_order({"size": 3, "issues": [], "known": None}) == {"size": 3, "issues": [], "known": None}
