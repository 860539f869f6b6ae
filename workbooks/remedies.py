"""Say what a person does in Excel or WPS about each kind of fault.

Belongs here: the steps per error code, one sentence or two; the only place where they are written.
Does not belong here: naming the fault and the expected content (``messages``), refusals of whole files (``sources``).

An id that was stored as a number has lost its last digits, and no format brings them back: nobody is advised to open
such a file and save it again.
"""

from __future__ import annotations

_AS_TEXT = "选中该列,右键—“设置单元格格式”—“数字”—“文本”"
_IMPORT = "用“数据—获取数据—自文件—从文本/CSV”(WPS:“数据—导入数据”)导入,预览时把号码列设为“文本”,再另存为xlsx"
_LIST = "选中该列,“数据—数据验证”(WPS:“数据—有效性”),允许“序列”,来源填"

REMEDIES = {
    "required_missing": "选中该列,按Ctrl+G,“定位条件”(WPS:“定位”)选“空值”,逐格补填;多余的空行整行删除。",
    "id_stored_as_number": (
        f"末几位已变成0,改格式、重新保存都找不回来。请从原系统重新导出CSV,{_IMPORT};"
        f"手工录入的表,先{_AS_TEXT},再照证件逐个重填。"
    ),
    "id_length": (f"在空列输入 =LEN(该格) 并向下填充,筛选不等于18的,照证件补全或删去多余的字。改之前先{_AS_TEXT}。"),
    "id_placeholder": "“数据—筛选”找出全是同一个数字的号码,照户口簿填写真实号码;没有核实的人先不要填占位号。",
    "id_birth_date": "在空列输入 =MID(该格,7,8) 查看出生年月日,与证件不一致的逐位更正。",
    "id_check_digit": "有一位写错或两位写颠倒:照身份证原件逐位核对,不要只改最后一位。",
    "certificate_invalid": (
        f"在空列输入 =LEN(该格),筛选不等于20的,照残疾人证逐位核对;曾按数值保存的,请从原系统重新导出,{_IMPORT}。"
    ),
    "date_invalid": (
        "选中该列,右键—“设置单元格格式”—“日期”,再逐格重新输入(只改格式,文字不会变成日期);"
        "整列都是文字时,用“数据—分列”,第3步选“日期:YMD”。"
    ),
    "date_incomplete": "补上日,写成完整日期;成批缺日的,请从原系统重新导出带日的字段,不要统一补成1日。",
    "date_out_of_range": "“数据—筛选—日期筛选”找出过早、过晚的日期,核对年份是否写错(例如2012写成2102)。",
    "before_other_date": "对照原件核对同一行的两个日期:年份是否写错,两列是否填反;只改写错的一个。",
    "month_invalid": f"先{_AS_TEXT},再重新输入年月(只改格式,原来的内容不会变)。",
    "number_invalid": "“数据—筛选”取消勾选数字,找出含文字的格,只留数字;“约”“无”等说明移到备注列,单位写进列名。",
    "out_of_range": "“数据—筛选—数字筛选”找出超出范围的数,核对是否多写、少写了0或小数点,单位是否与列名一致。",
    "above_other_number": "对照原件核对同一行的两个数字:单位是否一致,两列是否填反;只改写错的一个。",
    "not_yes_or_no": f"{_LIST} 是,否,再逐格从下拉中选;批量更正可用Ctrl+H替换。",
    "not_in_list": f"{_LIST}左边列出的选项(用英文逗号隔开),再点“圈释无效数据”,逐格改选;也可以用下发的带下拉的空表。",
    "division_unknown": "“数据—筛选”找出这个地名,按Ctrl+H整批替换成规范名称或代码。",
    "division_ambiguous": "“数据—筛选”找出这个简称,按所在的镇逐个改成全称或12位代码,不要整批替换。",
    "not_text": (
        f"先{_AS_TEXT},再重新输入(只改格式,变成日期或小数的编号不会恢复);成列的请从原系统重新导出,{_IMPORT}。"
    ),
    "text_damaged": "请从原系统重新导出(编码选UTF-8或xlsx格式);只有一两格时,按Ctrl+F查找“�”,照原件补全这个字。",
    "cell_error": "按Ctrl+G,“定位条件”选“公式”,只勾“错误”,改正公式或它引用的格,或直接填写实际内容;确实没有的留空。",
    "formula_uncomputed": (
        "用Excel或WPS打开,按Ctrl+Alt+F9重新计算,核对后选中该列,复制,“选择性粘贴—数值”,再另存为xlsx。"
    ),
    "total_as_key": "“数据—筛选”在编号列找出这些字;合计行整行删除,或把字移到第一列并清空编号;确实是数据的,改正编号。",
    "format_misleading": "选中该列,右键—“设置单元格格式”—“常规”,看到的就是真实数值;逐格核对,并在列名中写明单位。",
    "sex_contradicts_id": (
        '在空列输入 =IF(MOD(MID(身份证号格,17,1),2)=1,"男","女"),筛选与性别不同的行,照证件更正写错的一项。'
    ),
    "birth_contradicts_id": "在空列输入 =MID(身份证号格,7,6),筛选与出生年月不同的行,照证件更正写错的一项。",
    "certificate_contradicts_id": "在空列输入 =LEFT(证号格,18)=身份证号格,筛选FALSE的行,照证件更正写错的一项。",
    "lead_unknown": "打开下发的清单,按Ctrl+F找到这一户,复制编号,粘贴到这一格;不要自己编号,也不要拖动填充。",
    "verified_in_future": "“数据—筛选—日期筛选”找出晚于今天的日期,改为实际入户的日期。",
    "duplicate_key": (
        '在空列(如X列)把左边列出的各列连起来:=E2&"|"&F2(只有一列时写 =E2&""),向下填充;'
        "在下一列输入 =SUMPRODUCT(--($X$2:$X$9999=X2))>1(9999改成末行行号),向下填充,筛选TRUE。"
        "对照原件,每个对象只留正确的一行;不要成批删除,也不要用“删除重复值”“条件格式—重复值”和COUNTIF(18位号码只比较前15位)。"
    ),
}
"""Steps by error code."""


def remedy(code: str) -> str:
    """Word the steps about an error code; for an unknown one, the way that is always right."""
    return REMEDIES.get(code, "请在原系统或原表中更正这一格,重新导出后报送。")
