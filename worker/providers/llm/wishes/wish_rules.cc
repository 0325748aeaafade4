#include "worker/providers/llm/wishes/wish_rules.h"

#include <array>

namespace earshot::worker {

namespace {

using enum WishKind;
using enum Rings;

constexpr std::string_view kZh = "zh";

// What is polite in front and behind is cut off before (wish.cc).
constexpr auto kRules = std::to_array<WishRule>({
    {kTimerSet, "(set | start | make | create) [me] [a | an | the | another] timer (for | of) <duration>",
     "en", kTimer},
    {kTimerSet, "(set | start | make | create) [me] [a | an | the | another] <duration> timer", "en", kTimer},
    {kTimerSet, "timer [for] <duration> | <duration> timer", "en", kTimer},
    {kTimerSet, "(set | start | make | create) [me] [a | an | the | another] timer", "en", kTimer},
    {kTimerSet,
     "(wake me [up] | set [me] (an | the | another) alarm) (in <duration> | for <duration> from now)", "en",
     kAlarm},
    {kTimerSet, "(wake me [up] | set [me] (an | the | another) alarm) [for | at] <moment>", "en", kAlarm},
    {kTimerSet, "wake me [up] | set [me] (an | the | another) alarm", "en", kAlarm},
    {kTimerSet, "(定 | 设 | 设置 | 设定 | 开 | 来) [一] [个] <duration> [的] (计时器 | 定时器 | 倒计时)", kZh,
     kTimer},
    {kTimerSet, "(定 | 设 | 设置 | 设定 | 开 | 来) [一] [个] <duration> [的] 闹钟", kZh, kAlarm},
    {kTimerSet, "(计时 | 倒计时 | 定时) <duration> | <duration> [的] (计时 | 倒计时 | 定时)", kZh, kTimer},
    {kTimerSet, "(定 | 设 | 设置 | 设定) [一] [个] <moment> [的] 闹钟 | <moment> 叫我 [起床]", kZh, kAlarm},
    {kTimerSet, "<duration> [以] 后 叫我 [起床]", kZh, kAlarm},
    {kTimerSet, "(定 | 设 | 设置 | 设定 | 开 | 来) [一] [个] (计时器 | 定时器 | 倒计时)", kZh, kTimer},
    {kTimerSet, "(定 | 设 | 设置 | 设定 | 开 | 来) [一] [个] 闹钟", kZh, kAlarm},

    {kRemind, "remind me in <duration> (to | that | about) <text>"},
    {kRemind, "remind me (to | that | about) <text> in <duration>"},
    {kRemind, "in <duration> remind me (to | that | about) <text>"},
    {kRemind, "remind me [at | for] <moment> (to | that | about) <text>"},
    {kRemind, "remind me (to | that | about) <text> (at <moment> | <moment>)"},
    {kRemind,
     "(set | make | create) a reminder (in <duration> | for <moment> | at <moment>) (to | about) <text>"},
    {kRemind,
     "(set | make | create) a reminder (to | about) <text> (in <duration> | for <moment> | at <moment>)"},
    {kRemind, "remind me (to | about) <text> | (set | make | create) a reminder (to | about) <text>"},
    {kRemind, "提醒我 [在] <duration> [以 | 之] 后 <text>", kZh},
    {kRemind, "[在] <duration> [以 | 之] 后 提醒我 <text>", kZh},
    {kRemind, "提醒我 [在] <moment> <text>", kZh},
    {kRemind, "[在] <moment> 提醒我 <text>", kZh},
    {kRemind, "提醒我 <text>", kZh},

    {kRemindersTell,
     "(what | which) timers (do i have | are (there | set | running)) | list [all] [my | the] timers", "en",
     kTimer},
    {kRemindersTell, "how (much time is | long is | much is) left [on [the | my] timer]", "en", kTimer},
    {kRemindersTell, "(are there any | do i have [any]) timers [set | running]", "en", kTimer},
    {kRemindersTell,
     "(what | which) alarms (do i have | are (there | set)) | list [all] [my | the] alarms | "
     "(are there any | do i have [any]) alarms [set]",
     "en", kAlarm},
    {kRemindersTell,
     "(what | which) reminders (do i have | are (there | set)) | list [all] [my | the] reminders"},
    {kRemindersTell, "(what are | tell me | read [me]) my reminders | do i have [any] reminders"},
    {kRemindersTell, "(计时器 | 倒计时 | 定时器) 还 (有 | 剩) (多久 | 多少时间 | 多长时间)", kZh, kTimer},
    {kRemindersTell, "[我] (有 | 还有) (哪些 | 什么) (计时器 | 定时器)", kZh, kTimer},
    {kRemindersTell, "[我] (有 | 还有) (哪些 | 什么) 闹钟", kZh, kAlarm},
    {kRemindersTell, "[我] (有 | 还有) (哪些 | 什么) 提醒", kZh},

    {kRemindersCancel, "(cancel | stop | delete | remove | clear) [all] [of] [the | my] (timer | timers)",
     "en", kTimer},
    {kRemindersCancel, "(cancel | stop | delete | remove) [the | my] <duration> timer", "en", kTimer},
    {kRemindersCancel, "(cancel | stop | delete | remove | clear) [all] [of] [the | my] (alarm | alarms)",
     "en", kAlarm},
    {kRemindersCancel, "(cancel | delete | remove | clear) [all] [of] [the | my] (reminder | reminders)"},
    {kRemindersCancel, "(cancel | delete | remove) [the | my] reminder (to | about) <text>"},
    {kRemindersCancel, "(取消 | 关掉 | 停止 | 删除) [所有] [的] (计时器 | 定时器 | 倒计时)", kZh, kTimer},
    {kRemindersCancel, "(取消 | 关掉 | 停止 | 删除) [所有] [的] 闹钟", kZh, kAlarm},
    {kRemindersCancel, "(取消 | 删除) [所有] [的] 提醒", kZh},

    {kListAdd, "(add | put) <items> (to | on | onto | in) [my | the | our | a] <list> list"},
    {kListAdd, "(add | put) <items> (to | on | onto | in) [my | the | our] list"},
    {kListAdd,
     "把 <items> (加到 | 加入 | 添加到 | 放到 | 写到 | 放进) [我] [的] <list> (清单 | 列表) [里 | 上]", kZh},
    {kListAdd,
     "[在 | 往] [我] [的] <list> (清单 | 列表) [里 | 上] [面] (加上 | 加 | 添加 | 加入) [一] [个] <items>",
     kZh},
    {kListTell, "(what is | what's | what do i have | read [me] [what is]) on [my | the | our] <list> list"},
    {kListTell, "(what is | what's | what do i have) on [my | the | our] list"},
    {kListTell,
     "(read | tell | show) [me] [my | the | our] <list> list | (read | tell | show) [me] [my | the] list"},
    {kListTell, "[我] [的] <list> (清单 | 列表) [里 | 上] [面] [都] 有 (什么 | 哪些 [东西])", kZh},
    {kListTell, "(读 | 念) [一] [下] [我] [的] <list> (清单 | 列表)", kZh},
    {kListClear, "(clear | empty | delete | erase) [my | the | our] <list> list"},
    {kListClear, "(clear | empty | delete | erase) [my | the | our] list"},
    {kListClear, "清空 [我] [的] <list> (清单 | 列表)", kZh},
    {kListRemove, "(remove | take | delete | cross) <items> (from | off) [my | the | our] <list> list"},
    {kListRemove, "(remove | take | delete | cross) <items> (from | off) [my | the | our] list"},
    {kListRemove, "[把] <items> 从 [我] [的] <list> (清单 | 列表) [里 | 上] (删除 | 删掉 | 去掉 | 划掉)",
     kZh},
    {kListRemove, "从 [我] [的] <list> (清单 | 列表) [里 | 上] (删除 | 删掉 | 去掉 | 划掉) <items>", kZh},

    {kConvert, "(convert | change) <measure> (to | into | in) <unit>"},
    {kConvert,
     "(what is | what's | how much is) <measure> (in | to | into) <unit> | <measure> (in | to | into) "
     "<unit>"},
    {kConvert, "how many <unit> (are | is) [there] (in | equal to) <measure>"},
    {kConvert, "how many <unit> (does <measure> have | make <measure>)"},
    {kConvert, "[把] <measure> (换算成 | 换算 | 转换成 | 换成 | 转成) <unit>", kZh},
    {kConvert, "<measure> (是 | 等于 | 有 | 合) 多少 [个] <unit>", kZh},
    {kConvert, "多少 [个] <unit> 是 <measure>", kZh},

    {kTimeIn, "what time is it [now] in <place> | (what is | what's) the [current] time in <place>"},
    {kTimeIn, "[the] time in <place>"},
    {kTimeIn, "<place> [现在] [是] 几点 [了 | 钟]", kZh},
    {kTimeIn, "[现在] <place> [是] 几点 [了 | 钟]", kZh},

    {kWeekday, "what (day | weekday) [of the week] (is | was | will) [it] <day> [be]"},
    {kWeekday, "(which | what) (day | weekday) [of the week] does <day> fall on"},
    {kWeekday, "<day> 是 (星期几 | 周几 | 礼拜几)", kZh},
    {kWeekday, "<day> (星期几 | 周几 | 礼拜几)", kZh},

    {kCalculate, "(what is | what's | how much is | calculate | compute | work out) <sum> [equals | equal]"},
    {kCalculate, "<sum> [equals | equal | is what]"},
    {kCalculate, "what does <sum> (equal | make) | [what] is <sum>"},
    {kCalculate, "[计算 [一] [下] | 算 [一] [下]] <sum> [是] [等于] [多少 | 几]", kZh},

    {kHowAreYou,
     "(how are you [doing] [today] | how do you do | how is it going | how's it going | what's up)"},
    {kHowAreYou, "(how is | how's) your day [going]"},
    {kHowAreYou, "你好吗 | 你 [今天] [过得] 怎么样 | 最近 [过得] [好吗 | 怎么样]", kZh},
    {kWhoAreYou,
     "(who | what) are you | (what is | what's) your name | (introduce yourself | tell me about yourself)"},
    {kWhoAreYou, "are you (a robot | a human | human | real | an ai | ai | a computer | a person)"},
    {kWhoAreYou,
     "你是 (谁 | 什么 | 机器人吗 | 人吗) | 你叫什么 [名字] | 介绍一下 [你] 自己 | 自我介绍 [一下]", kZh},
    {kJoke,
     "tell [me] (a | another | one more | some) (joke | jokes) | [do you] know (a | any) (joke | jokes)"},
    {kJoke, "make me laugh | (say | tell me) something funny"},
    {kJoke, "[给我] [再] (讲 | 说) [一] [个] (笑话 | 段子) | 逗我笑 [一下]", kZh},
    {kGoodWish,
     "(well done | good job | you are (great | good | nice | funny | the best) | i love you | i like you)"},
    {kGoodWish, "happy (birthday | new year) | merry christmas | nice to meet you"},
    {kGoodWish,
     "(你真 (棒 | 好 | 聪明) | 干得 (好 | 漂亮) | 我爱你 | 我喜欢你 | 生日快乐 | 新年快乐 | 很高兴认识你)",
     kZh},
});

}  // namespace

std::span<const WishRule> wish_rules() {
  return kRules;
}

}  // namespace earshot::worker
