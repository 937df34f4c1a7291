import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.domain.names import fold, name_words

ONE_NAME = [
    "Нұрлан Нурлан Nurlan Núrlan Nūrlan NURLAN",
    "Әйгерім Айгерим Aigerim Aygerim Äıgerım Áıgerim A'igerim",
    "Қасым-Жомарт Касым-Жомарт Kasym-Zhomart Qasym-Jomart",
    "Юлия Yuliya Iuliia Yuliia",
    "Щербаков Shcherbakov Scherbakov Şerbakov",
    "Ерлан Yerlan Erlan",
    "Фёдор Федор Fyodor Fedor",
    "Дәурен Даурен Dauren Däuren Däwren",
    "Ләззат Ляззат Lyazzat Läzzat Lazzat",
    "Әуезов Ауэзов Auezov Áýezov",
    "Жәңгір Жангир Zhangir Jängir",
    "Ғалымжан Галымжан Galymzhan Ğalymjan Ǵalymjan",
    "Алиев Әлиев Aliyev Aliev Äliev",
    "Хамит Khamit Hamit",
    "Исхак Iskhak Ishak",
    "Григорьев Grigoriev Grigoryev Grigor'ev Grigorʹev",
    "Александр Aleksandr Alexandr",
    "Шыңғыс Шынгыс Shyngys Şyñğys",
    "Джамбул Dzhambul Djambul",
    "Жамбыл Zhambyl Jambyl",
    "Өмірзақ Омирзак Omirzak Ömirzaq",
    "Чехов Chekhov Čehov Çehov",
    "Цой Tsoy Tsoi",
    "Теңіз Tengiz Teñiz Тениз",
    "Уәлихан Walikhan Ualikhan Уалихан",
    "Мария Maria Mariya Mariia",
    "Сергеев Sergeev Sergeyev",
    "Кенжебек Kenzhebek Kenjebek",
    "Жүсіп Жусип Zhusip Jüsip",
    "Ыбырай Ybyrai Ybyray Ибирай",
    "Janković Jankovič Jankoviç",
]
DIFFERENT_NAMES = [
    ("Алия", "Алла"),
    ("Нұрлан", "Нұржан"),
    ("Айгүл", "Айнұр"),
    ("Асан", "Әсет"),
    ("Ержан", "Ерлан"),
    ("Серік", "Берік"),
    ("Марат", "Мурат"),
    ("Данияр", "Дания"),
    ("Иванов", "Иванова"),
    ("Шолпан", "Жолпан"),
    ("Саша", "Саса"),
    ("Гаухар", "Гульнар"),
    ("Оразбаев", "Оразбеков"),
    ("Ақмарал", "Ақмерей"),
    ("Ольга", "Олег"),
]


@pytest.mark.parametrize("spellings", ONE_NAME)
def test_spellings_of_one_name_fold_to_one(spellings: str) -> None:
    assert len({fold(spelling) for spelling in spellings.split()}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT_NAMES)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_the_order_of_names_does_not_matter_and_the_patronymic_stays() -> None:
    assert name_words("Иванова Анна Петровна") == name_words("anna petrovna IVANOVA")
    assert name_words("Иванова Анна Петровна") != name_words("Иванова Анна")


def test_other_alphabets_are_written_in_latin_letters() -> None:
    for name in ("გიორგი", "محمد", "Γιώργος", "김철수", "Ավետիք"):
        assert re.fullmatch("[a-zçş]+", fold(name))


def test_what_is_no_name_folds_to_nothing() -> None:
    assert fold(" –.’ ") == ""
    assert name_words("") == ()


@given(st.text(max_size=40))
def test_folding_a_folded_name_leaves_it_as_it_is(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіabcdefghijklmnopqrstuvwxyzçşğıý -'", max_size=40))
def test_case_and_outer_spaces_do_not_matter(name: str) -> None:
    assert fold(f"  {name.upper().lower()} ") == fold(name.lower())
