#include "worker/providers/llm/intent_phrases.h"

#include <array>

namespace earshot::worker {

namespace {

using enum Intent;
using enum IntentPhrase::Use;

// Words of kCommand and kRemark must be in the dictionary of the recogniser: one missing word makes it refuse
// the whole grammar (measurements 8). intent_grammar_test checks each.
constexpr auto kPhrases = std::to_array<IntentPhrase>({
    {kVolumeSet, kCommand, "(set | change | put | turn) [the] (volume | sound) [level] to <level>"},
    {kVolumeSet, kCommand, "turn [the] volume (up | down) to <level>"},
    {kVolumeSet, kCommand, "volume [to | at] <level>"},
    {kVolumeSet, kCommand, "(set | turn) [the] volume to [the] maximum | (maximum | full) volume", 100},
    {kVolumeUp, kCommand, "volume up | turn up [the] (volume | sound) | turn [the] (volume | sound) up"},
    {kVolumeUp, kCommand, "turn it up | (increase | raise) the volume | [a (little | bit)] louder"},
    {kVolumeUp, kCommand, "make it [a (little | bit)] louder | speak (up | louder)"},
    {kVolumeDown, kCommand,
     "volume down | turn down [the] (volume | sound) | turn [the] (volume | sound) down"},
    {kVolumeDown, kCommand, "turn it down | (decrease | lower | reduce) the volume"},
    {kVolumeDown, kCommand, "[a (little | bit)] quieter | make it [a (little | bit)] quieter | speak softer"},
    {kMute, kCommand, "mute [[the] (sound | volume | speaker) | yourself]"},
    {kMute, kCommand, "turn off the sound | turn the sound off"},
    {kUnmute, kCommand, "turn the sound [back] on | turn on the sound"},
    {kUnmute, kCommand, "unmute [[the] (sound | volume | speaker) | yourself]"},
    {kVolumeQuery, kCommand, "(what is | what's) the volume [level] | how loud are you"},

    {kBrightnessSet, kCommand, "(set | change | put | turn) [the] [screen] brightness [level] to <level>"},
    {kBrightnessSet, kCommand, "brightness [to | at] <level>"},
    {kBrightnessSet, kCommand, "(set | turn) [the] brightness to [the] maximum | (maximum | full) brightness",
     100},
    {kBrightnessUp, kCommand, "brightness up | turn up the brightness | turn [the] brightness up"},
    {kBrightnessUp, kCommand, "(increase | raise) the brightness | [a (little | bit)] brighter"},
    {kBrightnessUp, kCommand, "make (it | the screen) [a (little | bit)] brighter"},
    {kBrightnessDown, kCommand, "brightness down | turn down the brightness | turn [the] brightness down"},
    {kBrightnessDown, kCommand, "(decrease | lower | reduce) the brightness | dim the screen"},
    {kBrightnessDown, kCommand, "make (it | the screen) [a (little | bit)] darker"},
    {kBrightnessQuery, kCommand,
     "(what is | what's) the [screen] brightness [level] | how bright is the screen"},

    {kThemeDark, kCommand,
     "(switch | change) [the theme] to [the] dark [theme | mode] | set the theme to dark"},
    {kThemeDark, kCommand, "dark (theme | mode) | (use | turn on) [the] dark (theme | mode)"},
    {kThemeLight, kCommand,
     "(switch | change) [the theme] to [the] light [theme | mode] | set the theme to light"},
    {kThemeLight, kCommand, "light (theme | mode) | (use | turn on) [the] light (theme | mode)"},

    {kBattery, kCommand, "(what is | what's) the battery [level | status] | battery (level | status)"},
    {kBattery, kCommand, "how much battery (is left | do you have [left]) | how (full | is) the battery"},
    {kBattery, kCommand,
     "(check | tell me) the battery [level | status] | is the battery (charging | full | low)"},
    {kNetwork, kCommand, "(what is | what's) the network [status] | network status"},
    {kNetwork, kCommand,
     "(check | tell me) the network [status] | how is the (network | connection | signal)"},
    {kNetwork, kCommand, "are you (online | connected [to the (network | internet)])"},
    {kNetwork, kCommand, "(what is | what's) the wifi [status] | wifi status | how is the wifi"},

    {kTime, kCommand, "what time is it | (what is | what's) the time | tell me the time"},
    {kTime, kCommand, "do you know the time"},
    {kDate, kCommand, "(what is | what's) (the date [today] | today's date) | tell me the date"},
    {kDate, kCommand, "what (day | date) is (it [today] | today)"},

    {kGreeting, kRemark, "(hello | hi | hey) [there] | good (morning | afternoon | evening)"},
    {kHowAreYou, kRemark, "how are you"},
    {kThanks, kRemark, "thank you [very much] | thanks [a lot]"},
    {kHelp, kRemark, "what can (you do | i say | i ask [you]) | help [me] | what do you know"},
    {kStop, kRemark, "stop [it | talking] | be quiet | cancel | never mind | that's enough"},
    {kStop, kTyped, "stop please | please stop [talking] | quiet | shut up | enough"},
    {kGoodbye, kRemark, "good bye | bye [bye] | see you [later | soon] | that's all"},
    {kGoodNight, kRemark, "good night"},
    {kGoodbye, kRemark, "end the conversation"},
    {kGoodbye, kTyped, "goodbye"},

    {kVolumeSet, kTyped, "[请] [把] (音量 | 声音) [调 | 设] [到 | 为] [百分之] <level>", {}, "zh"},
    {kVolumeUp,
     kTyped,
     "[请] (大声 [一] [点] | [把] (声音 | 音量) [调] (大 | 高) [一] [点] | 调高音量)",
     {},
     "zh"},
    {kVolumeDown,
     kTyped,
     "[请] (小声 [一] [点] | [把] (声音 | 音量) [调] (小 | 低) [一] [点] | 调低音量)",
     {},
     "zh"},
    {kMute, kTyped, "[请] 静音", {}, "zh"},
    {kUnmute, kTyped, "[请] 取消静音", {}, "zh"},
    {kVolumeQuery, kTyped, "[现在] 音量 [是] 多少", {}, "zh"},
    {kBrightnessSet, kTyped, "[请] [把] [屏幕] 亮度 [调 | 设] [到 | 为] [百分之] <level>", {}, "zh"},
    {kBrightnessUp, kTyped, "[请] ([屏幕] 亮一点 | [把] [屏幕] 亮度 [调] 高 [一] [点] | 调高亮度)", {}, "zh"},
    {kBrightnessDown,
     kTyped,
     "[请] ([屏幕] 暗一点 | [把] [屏幕] 亮度 [调] 低 [一] [点] | 调低亮度)",
     {},
     "zh"},
    {kThemeDark, kTyped, "[请] [切换到 | 换成] (深色 | 暗色) (主题 | 模式)", {}, "zh"},
    {kThemeLight, kTyped, "[请] [切换到 | 换成] (浅色 | 亮色) (主题 | 模式)", {}, "zh"},
    {kBattery, kTyped, "[还有多少] 电量 [还有多少 | 是多少 | 多少] | 还有多少电", {}, "zh"},
    {kNetwork, kTyped, "网络 [状态] [怎么样]", {}, "zh"},
    {kTime, kTyped, "[现在] 几点 [了 | 钟 | 钟了]", {}, "zh"},
    {kDate, kTyped, "今天 [是] (几号 | 星期几 | 几月几号)", {}, "zh"},
    {kGreeting, kTyped, "你好 | 您好 | 早上好 | 晚上好", {}, "zh"},
    {kThanks, kTyped, "谢谢 [你]", {}, "zh"},
    {kHelp, kTyped, "你 (能 | 会 | 可以) 做什么 | 帮助", {}, "zh"},
    {kStop, kTyped, "停 [止] | 别说了 | 安静", {}, "zh"},
    {kGoodbye, kTyped, "再见 | 拜拜", {}, "zh"},
    {kGoodNight, kTyped, "晚安", {}, "zh"},
});

constexpr auto kPronunciations = std::to_array<WordPronunciation>({
    {"unmute", "AH N M Y UW T"},
});

}  // namespace

std::span<const IntentPhrase> intent_phrases() {
  return kPhrases;
}

std::span<const WordPronunciation> intent_pronunciations() {
  return kPronunciations;
}

}  // namespace earshot::worker
