from aid.domain.goods import in_order


def test_a_size_and_a_grade_have_their_place_by_number() -> None:
    goods = ["Boots (36)", "Workbook (10)", "boots (8)", "Workbook (2)", "Pen"]

    assert sorted(goods, key=in_order) == ["boots (8)", "Boots (36)", "Pen", "Workbook (2)", "Workbook (10)"]
