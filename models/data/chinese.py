"""Chinese names of labels, for the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.data.boxes import COCO_NAMES
from models.spec import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_COCO: Final = (
    "人,自行车,汽车,摩托车,飞机,公交车,火车,卡车,船,红绿灯,消防栓,停车标志,停车计时器,长椅,鸟,猫,狗,马,羊,牛,"
    "大象,熊,斑马,长颈鹿,背包,雨伞,手提包,领带,行李箱,飞盘,双板滑雪板,单板滑雪板,运动球,风筝,棒球棒,棒球手套,"
    "滑板,冲浪板,网球拍,瓶子,酒杯,杯子,叉子,刀,勺子,碗,香蕉,苹果,三明治,橙子,西兰花,胡萝卜,热狗,披萨,甜甜圈,"
    "蛋糕,椅子,沙发,盆栽,床,餐桌,马桶,电视,笔记本电脑,鼠标,遥控器,键盘,手机,微波炉,烤箱,烤面包机,水槽,冰箱,书,"
    "时钟,花瓶,剪刀,泰迪熊,吹风机,牙刷"
).split(",")

CHINESE: Final[Mapping[str, str]] = {
    **dict(zip(COCO_NAMES, _COCO, strict=True)),
    "standing": "站立",
    "walking": "行走",
    "running": "跑步",
    "sitting": "坐着",
    "lying": "躺着",
    "falling": "跌倒",
    "bending": "弯腰",
    "jumping": "跳跃",
    "jumping in place": "原地跳",
    "jumping jack": "开合跳",
    "side-stepping": "侧步",
    "skipping": "蹦跳步",
    "waving one hand": "单手挥手",
    "waving both hands": "双手挥手",
    "clapping": "鼓掌",
    "punching": "出拳",
    "kicking": "踢腿",
    "drinking": "喝水",
    "eating": "进食",
    "reading": "阅读",
    "phone": "打电话",
    "exercising": "锻炼",
    "fight": "打斗",
    "normal": "正常",
    "handshake": "握手",
    "hug": "拥抱",
    "kick": "踢人",
    "none": "无互动",
    "point": "指人",
    "punch": "打人",
    "push": "推人",
    "b_slice": "反手切削",
    "b_volley": "反手截击",
    "backhand": "反手击球",
    "f_volley": "正手截击",
    "forehand": "正手击球",
    "serve": "发球",
    "smash": "高压球",
    "closer": "靠近",
    "down": "下降",
    "emergency": "紧急",
    "follow": "跟随",
    "further": "远离",
    "land": "降落",
    "left": "向左",
    "no_class": "无手势",
    "photo": "拍照",
    "right": "向右",
    "take_off": "起飞",
    "up": "上升",
    "video": "录像",
    "video_pause": "暂停录像",
}


def bilingual(names: Iterable[str]) -> tuple[Label, ...]:
    """Return labels with both names; raises `KeyError` for one without a translation."""
    return tuple(Label(en=name, zh=CHINESE[name]) for name in names)
