"""Who filled in a form, and telephone numbers: found, so that they never enter a table or an output.

The words are rows of `reference/form_words.csv`.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from risk_assets import reference
from risk_assets.language.text import squeezed


def _words(kind: str) -> str:
    return "|".join(map(re.escape, reference.form_words(kind)))


_VALUE = r"\s*[:：]\s*[^\s,，;；。、()（）]*"
# Most frequent family names: without a colon, only these tell a name from a verb (责任人张三, but 责任人明确).
_FAMILIES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金"
    "陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚覃向滕舒"
)
_PERSON = re.compile(
    rf"(?:{_words('person')})(?:签字|签名|姓名)?(?:{_VALUE}|\s*[{_FAMILIES}][一-鿿]{{1,2}}(?![一-鿿]))"
    rf"|(?:{_words('role')})\s*[:：]\s*[^\s,，;；。、()（）]*"
)
_TELEPHONE = re.compile(
    rf"(?:{_words('telephone')}){_VALUE}|(?:{_words('telephone')})\s*[\d０-９]{{7,11}}"
    r"|(?<![\d.０-９])(?:\+?86[\s-]?)?[1１][3-9３-９][\d０-９][\s-]?[\d０-９]{4}[\s-]?[\d０-９]{4}(?![\d.０-９])"
    r"|[(（]0\d{2,3}[)）][\s-]?\d{7,8}(?!\d)|(?<![\d.])0\d{2,3}[\s-]\d{7,8}(?!\d)"
    r"|(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx](?!\d)"
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


_MOST_SIGNERS = 8


@cache
def _signers() -> frozenset[str]:
    return frozenset((*reference.form_words("person"), *reference.form_words("role")))


def is_sign_off(cells: Sequence[str]) -> bool:
    """Whether a row is who filled in, checked and signed, each word in a cell with a name beside it."""
    if len(cells) > _MOST_SIGNERS or len(cells[0]) > _MOST_SIGNERS:
        return False
    words = sum(squeezed(cell).rstrip(":") in _signers() for cell in cells)
    return words > 0 and len(cells) <= 2 * words + 2 and (words > 1 or len(cells) <= 2)
