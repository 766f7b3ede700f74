from luthier.data.parsing.column_names import columns_of, find, normalised, remark_on_others


def test_names_are_compared_without_case_hyphens_and_spaces() -> None:
    assert normalised(" Label-Name ") == normalised("label_name") == "label_name"


def test_columns_are_found_best_name_first_as_they_are_written() -> None:
    assert find(["Category", "LABEL", "id"], ("label", "category")) == ["LABEL", "Category"]


def test_all_columns_of_all_rows_are_seen_in_order() -> None:
    assert columns_of([{"b": 1}, {"a": 1, "b": 2}]) == ["b", "a"]


def test_a_second_candidate_is_remarked_on_with_how_to_take_it() -> None:
    assert "`columns: {label: topic}`" in remark_on_others("label", ["label", "topic"])


def test_a_single_candidate_needs_no_remark() -> None:
    assert remark_on_others("label", ["label"]) == ""
