"""Who filled in a form, and telephone numbers: found, so that they never enter a table or an output.

The words are rows of `reference/form_words.csv`.
"""

import re
from functools import lru_cache

from risk_assets import reference
from risk_assets.language.text import squeezed


def _words(kind: str) -> str:
    words = [row["word"] for row in reference.table("form_words") if row["kind"] == kind]
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_VALUE = r"\s*[:：]\s*[^\s,，;；。、()（）]*"
_PERSON = re.compile(rf"(?:{_words('person')})(?:签字|签名|姓名)?{_VALUE}")
_TELEPHONE = re.compile(
    rf"(?:{_words('telephone')}){_VALUE}|(?<![\d.])1[3-9]\d[\s-]?\d{{4}}[\s-]?\d{{4}}(?![\d.])"
    r"|(?<![\d.])0\d{2,3}-\d{7,8}(?!\d)"
)
_FORM_LINE = re.compile(
    r"^(?:(?:填报|报送|制表|填表)(?:单位|部门|时间|日期|说明)"
    rf"|(?:{_words('person')}|{_words('telephone')})(?:签字|签名|姓名)?(?::|$)"
    r"|(?:备?注|说明|单位):|注\d|(?:单位)?\(?盖章\)?)"
)
_VENDOR_LINE = re.compile(rf"^(?:{_words('vendor')})")


@lru_cache(maxsize=65536)
def without_persons(text: str) -> str:
    """A text without the names that stand behind 填报人, 联系人 and the like, and without telephone numbers."""
    return _TELEPHONE.sub("", _PERSON.sub("", text)).strip()


def is_form_line(text: str) -> bool:
    """Whether a line says who reports, in which unit, or is a note: no title, no row, no prose."""
    return bool(_FORM_LINE.match(squeezed(text)))


def is_vendor_line(text: str) -> bool:
    """Whether a line belongs to the vendor of the text and not to the county (`##paidbegin##`, 编辑密码)."""
    return bool(_VENDOR_LINE.match(squeezed(text)))
