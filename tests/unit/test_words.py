"""The word list: what it finds in names and prose, and what it leaves alone."""

from tests.words import class_names, first_words, in_prose, in_python


def words(findings):
    return [(found.line, found.word) for found in findings]


def test_names_are_split_into_words():
    source = (
        "class FingerTask:\n    def on_knock(self, told):\n        self.goodbye_s = 1\n        early = button = told\n"
    )
    assert words(in_python("a.py", source)) == [(1, "FingerTask"), (2, "on_knock"), (2, "told"), (3, "goodbye_s")]


def test_names_of_others_that_are_only_used_are_left_alone():
    assert words(in_python("a.py", "import told\nprint(told.heard, x.said)\n")) == []


def test_comments_and_docstrings_are_prose():
    source = '"""Nobody\\nasks."""\nx = 1  # the ear of the bot\n'
    assert words(in_python("a.py", source)) == [(1, "Nobody"), (2, "ear")]


def test_modules_have_names_too():
    assert words(in_python("rooms/bots_ear.py", "")) == [(1, "ear")]


def test_prose_is_searched_by_whole_words():
    assert words(in_prose("a.md", "Early years\nA knock at the door.\nNobody answers at http://a.\n")) == [(2, "knock")]


def test_a_public_docstring_begins_with_a_noun_or_an_imperative():
    source = (
        '"""What this is for."""\n'
        'class A:\n    """Parts of A."""\n    def b(self):\n        """How B is."""\n    def _c(self):\n        """It is."""\n'
        'def d():\n    """Whether it is so."""\ndef e():\n    pass\n'
    )
    assert words(first_words("a.py", source)) == [(1, "docstring: What …"), (4, "docstring: How …")]


def test_a_class_name_occurs_once():
    sources = [("a.py", "class A: ...\nclass B: ..."), ("b.py", "class C:\n    class A: ...\n")]
    assert words(class_names(sources)) == [(2, "A")]
